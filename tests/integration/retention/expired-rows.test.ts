import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';
import { runPass } from './retention-settings';

const DAY_S = 86_400;
const database = withDatabase();
const owner = withOwner(database);

const execute = <T>(statement: ReturnType<typeof sql<T>>) =>
  database().db.inTenant(1, async (transaction) => (await statement.execute(transaction)).rows);

interface NewExecution {
  readonly status?: string;
  readonly parent?: number;
  readonly enforcement?: number;
  /** Retention of the request: days. */
  readonly days?: number;
  readonly ageDays: number;
}

async function insertExecution({ status = 'completed', ageDays, ...more }: NewExecution): Promise<number> {
  const [row] = await execute(sql<{ id: number }>`
    insert into execution (action_ref, status, parent, enforcement, artifact_retention_policy,
      artifact_retention_limit, created, updated, finished_at)
    select 'demo.act', ${status}, ${more.parent ?? null}::bigint, ${more.enforcement ?? null}::bigint,
      ${more.days === undefined ? null : 'days'}, ${more.days ?? null}::int, at, at, at
    from (select platform_now() - ${ageDays} * interval '1 day' as at) t returning id`);
  const { id } = row!;
  await execute(sql`insert into execution_event (root, execution, type) values (${more.parent ?? id}, ${id}, 'TEST')`);
  return id;
}

async function insertEvent(ageDays: number): Promise<{ event: number; enforcement: number }> {
  const [row] = await execute(sql<{ event: number; enforcement: number }>`
    with e as (insert into event (trigger_ref, created) values ('demo.trigger',
        platform_now() - ${ageDays} * interval '1 day') returning id, created),
      n as (insert into enforcement (trigger_ref, event, status, created)
        select 'demo.trigger', id, 'processed', created from e returning id, event)
    select event, id as enforcement from n`);
  return row!;
}

const insertDelivery = (event: number, ageDays: number) =>
  execute(sql`insert into webhook_event_log (trigger_ref, event, key_hash, status_code, delivery_hash, created)
    values ('demo.trigger', ${event}, 'k', 200, 'd', platform_now() - ${ageDays} * interval '1 day')`);

const retain = (days: number, count = 0) =>
  runPass(database(), { maxAgeSeconds: days === 0 ? null : days * DAY_S, maxCount: count });

const idsOf = async (table: 'execution' | 'event' | 'enforcement' | 'webhook_event_log'): Promise<number[]> =>
  (await execute(sql<{ id: number }>`select id from ${sql.table(table)} order by id`)).map(({ id }) => id);

const loggedExecutions = async (): Promise<number[]> =>
  (await execute(sql<{ id: number }>`select distinct execution as id from execution_event order by id`)).map(
    ({ id }) => id,
  );

afterEach(async () => {
  await execute(sql`update execution set artifact_retention_policy = null,
    created = created - interval '1 minute', updated = created - interval '1 minute',
    finished_at = created - interval '1 minute',
    status = case when status = 'running' then 'completed' else status end`);
  await execute(sql`update event set created = created - interval '1 minute'`);
  await execute(sql`update enforcement set created = created - interval '1 minute'`);
  await retain(1 / DAY_S);
});

test('finished executions are removed by age, with all below and their log', async () => {
  const [old, recent] = [await insertExecution({ ageDays: 31 }), await insertExecution({ ageDays: 29 })];
  await insertExecution({ ageDays: 31, parent: old });

  await retain(30);

  expect([await idsOf('execution'), await loggedExecutions()]).toEqual([[recent], [recent]]);
});

test('unfinished work below it, or its own retention, keeps an execution', async () => {
  const tree = await insertExecution({ ageDays: 40 });
  const open = await insertExecution({ ageDays: 40, parent: tree, status: 'running' });
  const kept = await insertExecution({ ageDays: 40, days: 50 });
  await insertExecution({ ageDays: 60, days: 50 });

  await retain(30);

  expect(await idsOf('execution')).toEqual([tree, open, kept]);
});

test('the newest executions and events are kept, in number', async () => {
  const ages = [5, 4, 3, 2, 1];
  const executions: number[] = [];
  const events: number[] = [];
  for (const ageDays of ages) {
    executions.push(await insertExecution({ ageDays }));
    events.push((await insertEvent(ageDays)).event);
  }

  await retain(0, 2);

  expect([await idsOf('execution'), await idsOf('event')]).toEqual([executions.slice(3), events.slice(3)]);
});

test('an event goes with its enforcements and deliveries, after its executions', async () => {
  const [used, unused, repeated] = [await insertEvent(40), await insertEvent(40), await insertEvent(40)];
  const id = await insertExecution({ ageDays: 1, enforcement: used.enforcement });
  await insertDelivery(unused.event, 40);
  await insertDelivery(repeated.event, 0.5);

  await retain(30);

  expect([await idsOf('execution'), await idsOf('event')]).toEqual([[id], [used.event, repeated.event]]);
  expect(await idsOf('enforcement')).toEqual([used.enforcement]);
  expect(await idsOf('webhook_event_log')).toHaveLength(1);
});

test('more than one portion is removed in a pass', async () => {
  await execute(sql`insert into execution (action_ref, status, created, updated)
    select 'demo.act', 'failed', at, at from (select platform_now() - interval '40 days' as at) t, generate_series(1, 1200)`);

  await retain(30);

  expect(await idsOf('execution')).toEqual([]);
});

test('the log of an execution that exists cannot be deleted', async () => {
  const id = await insertExecution({ ageDays: 0 });

  const deletion = owner.query(
    `select set_config('app.removed_roots', '${id}', true); delete from execution_event where root = ${id}`,
  );

  await expect(deletion).rejects.toThrow('append-only');
});

async function insertWorkflow(revisions: readonly { readonly state: 'draft' | 'ready'; readonly ageDays: number }[]) {
  const [pack] = await execute(sql<{ id: number }>`
    insert into pack (ref, label, version) values (${`p_${randomUUID()}`}, 'Demo', '1.0.0') returning id`);
  const [workflow] = await execute(sql<{ id: number }>`
    insert into workflow_definition (ref, pack, pack_ref, label, version, definition)
    select ref || '.flow', id, ref, 'Flow', '1.0.0', '{}' from pack where id = ${pack!.id} returning id`);
  const { id } = workflow!;
  for (const [index, { state, ageDays }] of revisions.entries()) {
    const [revision, digest] = [index + 1, digestOf(id, index + 1)];
    await execute(sql`
      insert into workflow_revision (workflow, revision, definition) values (${id}, ${revision}, '{}')
      on conflict do nothing`);
    await execute(sql`update workflow_revision set created = platform_now() - ${ageDays} * interval '1 day',
      state = ${state}, plan = ${state === 'ready' ? '{}' : null}, compiled_at = ${state === 'ready' ? sql`platform_now()` : null},
      plan_digest = ${state === 'ready' ? digest : null} where workflow = ${id} and revision = ${revision}`);
    await execute(sql`insert into pinned_action (workflow, plan_digest, action_ref, source)
      values (${id}, ${digest}, 'demo.act', '{}')`);
  }
  return id;
}

const digestOf = (workflow: number, revision: number): string =>
  createHash('sha256').update(`${workflow}.${revision}`).digest('hex');

const revisionsOf = async (workflow: number): Promise<number[]> =>
  (
    await execute(sql<{ revision: number }>`
      select revision from workflow_revision where workflow = ${workflow} order by revision`)
  ).map(({ revision }) => revision);

const pinsOf = async (workflow: number): Promise<string[]> =>
  (
    await execute(sql<{ digest: string }>`
      select plan_digest as digest from pinned_action where workflow = ${workflow} order by digest`)
  ).map(({ digest }) => digest);

test('expired revisions are removed, but not those that something uses', async () => {
  const draft = { state: 'draft', ageDays: 40 } as const;
  const ready = { state: 'ready', ageDays: 40 } as const;
  const recent = { state: 'draft', ageDays: 29 } as const;
  const workflow = await insertWorkflow([draft, draft, ready, ready, ready, recent, draft]); // shows revision 1
  const running = await insertExecution({ ageDays: 0, status: 'running' });
  await execute(sql`update execution set plan_digest = ${digestOf(workflow, 3)} where id = ${running}`);

  await retain(30);

  const kept = [1, 3, 5, 6, 7]; // shown, of an execution, newest compiled, recent, with the highest number
  expect(await revisionsOf(workflow)).toEqual(kept);
  expect(await pinsOf(workflow)).toEqual([3, 5].map((revision) => digestOf(workflow, revision)).sort());
});

test('a nested revision is kept as long as the plan above it, with its actions', async () => {
  const old = { state: 'ready', ageDays: 40 } as const;
  const nested = await insertWorkflow([old, old, old, old]); // shows revision 1
  const outer = await insertWorkflow([old]);
  await execute(sql`update pinned_action set nested_workflow = ${nested}, nested_revision = 2,
    nested_plan_digest = ${digestOf(nested, 2)} where workflow = ${outer}`);

  await retain(30);

  expect(await revisionsOf(nested)).toEqual([1, 2, 4]);
  expect(await pinsOf(nested)).toEqual([1, 2, 4].map((revision) => digestOf(nested, revision)).sort());
});

test('the revision of a rerun is kept, also where it was not compiled', async () => {
  const draft = { state: 'draft', ageDays: 40 } as const;
  const workflow = await insertWorkflow([draft, draft, draft, draft]); // shows revision 1
  const id = await insertExecution({ ageDays: 0, status: 'running' });
  await execute(sql`update execution set revision = 2, rerun_of = 1, rerun_task = 'first',
    action_ref = (select ref from workflow_definition where id = ${workflow}) where id = ${id}`);
  await execute(sql`insert into execution_rerun (execution, definition, saved_with_sets, taken_over)
    values (${id}, '{}', '{}', '[]')`);

  await retain(30);

  expect(await revisionsOf(workflow)).toEqual([1, 2, 4]);
});

async function insertWorkerStates(worker: string, ages: readonly number[]): Promise<number> {
  const [row] = await execute(sql<{ id: number }>`
    select register_worker(${worker}, '{}', 1, '{}', '{}', '{}') as id`);
  const { id } = row!;
  for (const ageDays of ages) {
    await execute(sql`insert into execution_event (worker, type, payload, created_at)
      values (${id}, 'WORKER_STATE_CHANGED', '{}', platform_now() - ${ageDays} * interval '1 day')`);
  }
  return id;
}

const statesOf = async (worker: number): Promise<number> =>
  (
    await execute(sql<{ count: number }>`
      select count(*)::int from execution_event where worker = ${worker} and type = 'WORKER_STATE_CHANGED'`)
  )[0]!.count;

test('expired states of a worker are removed, but not its latest', async () => {
  const changed = await insertWorkerStates('changed', [60, 50, 20]);
  const unchanged = await insertWorkerStates('unchanged', [60, 50]);

  await retain(30);

  expect([await statesOf(changed), await statesOf(unchanged)]).toEqual([1, 1]);
});

test('the latest state of a worker cannot be deleted', async () => {
  const id = await insertWorkerStates('latest', [60]);

  const deletion = owner.query(
    `select set_config('app.expired_states_of', '${id}', true); delete from execution_event where worker = ${id}`,
  );

  await expect(deletion).rejects.toThrow('append-only');
});

test('histories are removed by age, and the audit log after 90 days', async () => {
  const foreign = await owner.insert(`insert into tenant (slug, name) values ('kept', 'kept')`);
  for (const tenant of [1, null])
    for (const days of [29, 31])
      await owner.query(
        `insert into worker_history (tenant, time, operation, entity_id, entity_ref)
           values ($1, platform_now() - $2 * interval '1 day', 'INSERT', $2, 'aged')`,
        [tenant, days],
      );
  for (const days of [31, 89, 91])
    for (const tenant of [1, foreign]) {
      await owner.query(
        `insert into execution_history (tenant, time, operation, entity_id, entity_ref)
           values ($1, platform_now() - $2 * interval '1 day', 'INSERT', $2, 'aged')`,
        [tenant, days],
      );
      await owner.query(
        `insert into audit_event (tenant, created, category, event_type, outcome)
           values ($1, platform_now() - $2 * interval '1 day', 'api', 'age.' || $2::text, 'success')`,
        [tenant, days],
      );
    }

  await retain(30);

  const daysOf = async (select: string) => (await owner.query<{ d: number }>(select)).map(({ d }) => d);
  expect(await daysOf(`select entity_id as d from worker_history where entity_ref = 'aged'`)).toEqual([29, 29]);
  expect(await daysOf(`select entity_id as d from execution_history where entity_ref = 'aged'`)).toEqual([]);
  expect(
    await daysOf(`select substr(event_type, 5)::int as d from audit_event where event_type like 'age.%' order by id`),
  ).toEqual([31, 31, 89, 89]);
});
