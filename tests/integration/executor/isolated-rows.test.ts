// A row whose processing fails does not stop the other rows of its pass, of any tenant.
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { errorSubject, type ErrorSubject } from '../../../platform/base/error-subject';
import { streamLogPath } from '../../../platform/base/directories';
import { evaluatePendingRules } from '../../../platform/executor/events/evaluate-pending-rules';
import { moveClocks } from '../../../platform/executor/loops/move-clocks';
import { failUnclaimedExecutions } from '../../../platform/executor/recovery/fail-unclaimed';
import { createRecovery } from '../../../platform/executor/recovery/recover-lost';
import { RecoveryGate } from '../../../platform/executor/recovery/recovery-gate';
import { createArtifactMaintenance } from '../../../platform/executor/retention/artifact-maintenance';
import { createExpiredRowsRemoval, createVersionRemoval } from '../../../platform/executor/retention/expired-rows';
import { removeExpiredLogs } from '../../../platform/executor/retention/expired-logs';
import { runRetentionPass } from '../../../platform/executor/retention/retention-pass';
import { dispatchAndAdvance } from '../../../platform/executor/workflows/dispatch-and-advance';
import { RowIsolation } from '../../../platform/store/database/row-isolation';
import { registerWorker } from '../../../platform/store/workers/workers';
import { ADVANCE, TENANT, withExecutor } from './with-executor';
import { testDirectory } from '../../test-directory';

const platform = withExecutor();
const OTHER = 2;
/** Its clock cannot be moved. */
const STUCK = 3;
const POLICY = { recovery: 'auto', maxRecoveries: 3, leaseMs: 1_000, staleMs: 60_000 } as const;
/** What the triggers below reject has this name. */
const BAD = 'bad.act';
const GOOD = 'good.act';

/** Subjects of the errors that passes have logged; a retry may be due in between. */
let entries: (ErrorSubject | undefined)[] = [];
const logged = (): unknown[] => distinct(entries);
const distinct = (subjects: readonly (ErrorSubject | undefined)[]): unknown[] => [
  ...new Map(subjects.map((subject) => [Object.entries(subject ?? {}).join(' '), subject])).values(),
];
const log = pino(
  { base: null, serializers: { err: (error: unknown) => void entries.push(errorSubject(error)) } },
  {
    write: () => undefined,
  },
);
beforeEach(() => (entries = []));

beforeAll(async () => {
  await platform.queryAsOwner(
    `insert into tenant (id, slug, name) overriding system value values (${OTHER}, 'o', 'o'), (${STUCK}, 's', 's')`,
  );
  await platform.queryAsOwner(`create function reject_row() returns trigger language plpgsql as
    $$ begin raise 'rejected'; end $$`);
  const reject = (name: string, event: string, table: string, condition: string) =>
    platform.queryAsOwner(`create trigger reject_${name} before ${event} on ${table} for each row when (${condition})
      execute function reject_row()`);
  await reject('transition', 'update', 'execution', `new.action_ref = '${BAD}'`);
  await reject('removal', 'delete', 'execution', `old.action_ref = '${BAD}'`);
  await reject('worker', 'update', 'worker', `new.name = '${BAD}' and new.status = 'inactive'`);
  await reject('pending_rule', 'delete', 'pending_rule', `old.rule = 0`);
  await reject('file', 'delete', 'removed_artifact_file', `old.path = '${BAD}'`);
  await reject('move', 'update', 'clock_move', `new.tenant = ${STUCK}`);
});

/** The first one fails: ids, and the statuses of the others. */
async function insertThree(columns: string, values: string) {
  const rows = await platform.queryAsOwner<{ id: number }>(
    `insert into execution (tenant, action_ref, ${columns}) values (${TENANT}, '${BAD}', ${values}),
      (${TENANT}, '${GOOD}', ${values}), (${OTHER}, '${GOOD}', ${values}) returning id`,
  );
  const [bad, ...good] = rows.map(({ id }) => id);
  return {
    bad: bad!,
    good,
    statuses: async (): Promise<string[]> =>
      (
        await platform.queryAsOwner<{ status: string }>('select status from execution where id = any($1) order by id', [
          [bad, ...good],
        ])
      ).map(({ status }) => status),
  };
}

const addWorker = (name: string, instance = 'own'): Promise<number> =>
  registerWorker(platform.db(), { name, runtimes: {}, slots: 1, meta: { instance } });

const statusesOfWorkers = async (ids: readonly number[]): Promise<string[]> =>
  (
    await platform.queryAsOwner<{ status: string }>('select status from worker where id = any($1) order by id', [ids])
  ).map(({ status }) => status);

const recovery = () =>
  createRecovery(platform.db(), POLICY, new RecoveryGate({ leaseMs: POLICY.leaseMs, silenceMs: 60_000 }), log);

test('executions are recovered beside one that cannot be', async () => {
  const worker = await addWorker('lost');
  await platform.queryAsOwner(`update worker set status = 'inactive' where id = ${worker}`);
  const { bad, statuses } = await insertThree('status, worker, started_at', `'running', ${worker}, platform_now()`);
  const recover = recovery();

  expect(await recover()).toBe(true);
  expect(await recover()).toBe(true);

  expect(await statuses()).toEqual(['running', 'abandoned', 'abandoned']);
  expect(logged()).toEqual([{ execution: bad }]);
});

test('workers of an ended platform are marked beside one that cannot be', async () => {
  await platform.queryAsOwner(
    `insert into executor (instance, expires_at) values ('ended', liveness_now() - interval '1 s')`,
  );
  const add = (name: string) => addWorker(name, 'ended');
  const ids = [await add(BAD), await add('ended-1'), await add('ended-2')];

  await recovery()();

  expect(await statusesOfWorkers(ids)).toEqual(['active', 'inactive', 'inactive']);
  expect(logged()).toContainEqual({ worker: ids[0] });
});

test('silent workers are marked beside one that cannot be', async () => {
  const ids = [await addWorker(BAD), await addWorker('silent-1'), await addWorker('silent-2')];
  await platform.queryAsOwner(
    `update worker set last_heartbeat = liveness_now() - interval '90 s' where id = any($1)`,
    [ids],
  );

  await recovery()();

  expect(await statusesOfWorkers(ids)).toEqual(['active', 'inactive', 'inactive']);
  expect(logged()).toContainEqual({ worker: ids[0] });
});

test('unclaimed executions fail beside one that cannot', async () => {
  const assigned = `'scheduled', ${platform.worker()}, liveness_now() - interval '1 hour'`;
  const { bad, good, statuses } = await insertThree('status, worker, assigned_at', assigned);

  expect((await failUnclaimedExecutions(platform.db(), 60_000, log)).sort()).toEqual(good);

  expect(await statuses()).toEqual(['scheduled', 'failed', 'failed']);
  expect(logged()).toEqual([{ execution: bad }]);
});

test('requested executions are dispatched beside one that cannot be', async () => {
  const [bad] = (
    await platform.queryAsOwner<{ id: number }>(
      `insert into execution (action_ref, status, created) values ('${BAD}', 'requested', platform_now()) returning id`,
    )
  ).map(({ id }) => id);
  const good = [await platform.request('test.act'), await platform.request('test.act')];
  const failed: unknown[] = [];
  const isolation = new RowIsolation();
  const options = {
    ...ADVANCE,
    isolation,
    onBatchFailed: jest.fn(),
    onExecutionFailed: (error: unknown) => failed.push(error),
  };
  const dispatch = () =>
    dispatchAndAdvance(platform.db(), options, { scheduleIn: () => undefined })({ tenant: TENANT });

  await dispatch();
  const later = await platform.request('test.act');
  await dispatch();

  const statuses = await Promise.all([bad!, ...good.map(({ id }) => id), later.id].map((id) => platform.get(id)));
  expect(statuses.map(({ status }) => status)).toEqual(['requested', 'scheduled', 'scheduled', 'scheduled']);
  expect(distinct(failed.map(errorSubject))).toEqual([{ tenant: TENANT, execution: bad }]);
  expect(options.onBatchFailed).toHaveBeenCalledTimes(1); // the second batch is without it
  await platform.queryAsOwner(`alter table execution disable trigger reject_removal`);
  await platform.queryAsOwner(`delete from execution where id = ${bad}`);
  await platform.queryAsOwner(`alter table execution enable trigger reject_removal`);
});

test('as many failing rules as a pass reads do not stop the next', async () => {
  const insertEvents = (tenant: number, rule: number, count: number) =>
    platform.queryAsOwner(
      `with made as (insert into event (tenant, trigger_ref) select $1, 'core.intervaltimer' from generate_series(1, $3)
        returning id)
       insert into pending_rule (tenant, event, rule) select $1, id, $2 from made`,
      [tenant, rule, count],
    );
  await insertEvents(TENANT, 0, 200);
  await insertEvents(TENANT, 7, 1);
  await insertEvents(OTHER, 7, 1);
  const isolation = new RowIsolation();

  const sleeps = [
    await evaluatePendingRules(platform.db(), log, isolation),
    await evaluatePendingRules(platform.db(), log, isolation),
  ];

  expect(sleeps).toEqual([0, Infinity]);
  expect(logged()).toHaveLength(200);
  const left = await platform.queryAsOwner('select distinct tenant, rule::int from pending_rule');
  expect(left).toEqual([{ tenant: TENANT, rule: 0 }]);
});

test('retention removes other kinds and tenants beside rows that it cannot', async () => {
  const { bad, good } = await insertThree(
    'status, created, finished_at, updated',
    `'completed', at.at, at.at, at.at`.replaceAll('at.at', `platform_now() - interval '40 days'`),
  );
  await platform.queryAsOwner(
    `insert into event (trigger_ref, created) values ('a.b', platform_now() - interval '40 days')`,
  );
  await platform.queryAsOwner(
    `update runtime_retention_target_config set max_age_seconds = 86400 where target in ('executions', 'events')`,
  );
  await platform.queryAsOwner(`update runtime_retention_config set enabled = true, next_pass_at = platform_now()`);

  await runRetentionPass(platform.db(), { retentionCount: 0 }, new AbortController().signal, log);

  const left = await platform.queryAsOwner<{ id: number }>('select id from execution where id = any($1) order by id', [
    [bad, ...good],
  ]);
  expect(left.map(({ id }) => id)).toEqual([bad, good[0]]); // those of a tenant are one statement
  expect(await platform.queryAsOwner(`select from event where trigger_ref = 'a.b'`)).toEqual([]);
  expect(logged()).toEqual([{ tenant: TENANT, removal: 'executions' }]);
  const [pass] = await platform.queryAsOwner('select error from supervisor_run order by id desc limit 1');
  expect(pass).toEqual({ error: 'error: rejected' });
});

test('expired logs are removed beside one that cannot be', async () => {
  const directory = testDirectory();
  const writeLog = (tenant: number, execution: number, isDirectory: boolean): string => {
    const path = streamLogPath({ directory }, { tenant, execution, attempt: 1 }, 'stderr');
    mkdirSync(isDirectory ? join(path, 'kept') : dirname(path), { recursive: true });
    if (!isDirectory) writeFileSync(path, 'text');
    utimesSync(path, 0, 0);
    return path;
  };
  const paths = [
    writeLog(TENANT, 1_000_001, true),
    writeLog(TENANT, 1_000_002, false),
    writeLog(OTHER, 1_000_003, false),
  ];

  await removeExpiredLogs(platform.db(), directory, log);

  expect(paths.map((path) => existsSync(path))).toEqual([true, false, false]);
  expect(logged()).toEqual([{ tenant: TENANT, execution: 1_000_001 }]);
});

test('files of artifacts are removed beside one that cannot be', async () => {
  const directory = testDirectory();
  const [bad] = await platform.queryAsOwner<{ id: number }>(
    `insert into removed_artifact_file (tenant, path)
     values (${TENANT}, '${BAD}'), (${TENANT}, 'a'), (${OTHER}, 'b') returning id`,
  );

  await createArtifactMaintenance(platform.db(), directory, log)();

  expect(await platform.queryAsOwner('select path from removed_artifact_file')).toEqual([{ path: BAD }]);
  expect(logged()).toEqual([{ tenant: TENANT, removedFile: bad!.id }]);
});

test('a clock that cannot be moved is tried again after a pause', async () => {
  await platform.queryAsOwner(
    `insert into clock_move (tenant, move_by, settle, max_steps) values (${STUCK}, interval '1 s', false, 10)`,
  );
  const isolation = new RowIsolation();

  const sleeps = [await moveClocks(platform.db(), log, isolation), await moveClocks(platform.db(), log, isolation)];

  expect(sleeps).toEqual([Infinity, Infinity]); // until the poll for due work
  expect(logged()).toEqual([{ tenant: STUCK }]);
});

test('expired rows of tenants are removed beside those of one that cannot be', async () => {
  const tables = ['key', 'refresh_family', 'idempotent_request', 'artifact_version'];
  for (const table of tables) {
    await platform.queryAsOwner(`create trigger reject_expired before delete on ${table} for each row
      when (old.tenant = ${STUCK}) execute function reject_row()`);
  }
  await platform.queryAsOwner(`insert into key (tenant, ref, owner_type, name, value, expires_at)
    select id, 'expired', 'system', 'expired', '1', '2020-01-01' from tenant where id in (${OTHER}, ${STUCK})`);
  await platform.queryAsOwner(`with i as (insert into identity (tenant, login)
      select id, 'expired-' || slug from tenant where id in (${OTHER}, ${STUCK}) returning id, tenant)
    , f as (insert into refresh_family (tenant, identity, expires_at) select tenant, id, '2020-01-01' from i)
    insert into idempotent_request (tenant, identity, name_hash, body_hash, created)
    select tenant, id, '', '', '2020-01-01' from i`);
  await platform.queryAsOwner(`with a as (insert into artifact
      (tenant, ref, type, scope, owner, retention_policy, retention_limit)
      select id, 'p.old', 'file_text', 'system', '', 'hours', 1 from tenant where id in (${OTHER}, ${STUCK})
      returning id, tenant)
    insert into artifact_version (tenant, artifact, version, created) select tenant, id, 1, '2020-01-01' from a`);
  const removals = [createExpiredRowsRemoval(platform.db(), log), createVersionRemoval(platform.db(), log)];

  for (const remove of [...removals, ...removals]) await remove();

  for (const table of tables) {
    const left = await platform.queryAsOwner(`select tenant from ${table} where tenant in (${OTHER}, ${STUCK})`);
    expect([table, left]).toEqual([table, [{ tenant: STUCK }]]);
  }
  const names = ['delete_expired_keys', 'delete_expired_refresh_families', 'delete_expired_idempotent_requests'];
  const failed = [...names, 'remove_expired_versions'];
  expect(logged()).toEqual(failed.map((removal) => ({ tenant: STUCK, removal })));
});
