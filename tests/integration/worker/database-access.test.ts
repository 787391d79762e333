import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import { pino } from 'pino';
import { AttemptSlots } from '../../../platform/worker/attempts/slots';
import { openDatabaseAccess } from '../../../platform/workers/access/database-access';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { completed, withExecutor } from '../executor/with-executor';
import { WORKER_CONTEXT } from './attempt-runner';
import { testDirectory } from '../../test-directory';

const LEASE_MS = 60_000;

const platform = withExecutor();
const openAccess = (name: string) =>
  openDatabaseAccess({
    db: platform.db(),
    heartbeatDb: platform.db(),
    tokenSecret: 'the secret of these tests',
    name,
    leaseMs: LEASE_MS,
  });

/** A worker of this name, and one with an execution that was assigned to it. */
async function claimOne(refs: readonly string[] = []) {
  const [owner, other] = [openAccess('manual'), openAccess('other')];
  await owner.registerWorker({ runtimes: { shell: '5.2.0' }, slots: 10, meta: {} });
  await other.registerWorker({ runtimes: {}, slots: 1, meta: {} });
  const { id } = await platform.request('test.act');
  await platform.db().inTenant(1, (transaction) =>
    transaction
      .updateTable('execution')
      .set({ permission_set_refs: [...refs] })
      .where('id', '=', id)
      .execute(),
  );
  await platform.dispatch();
  const claimed = await owner.claimExecutions(10); // among them those of earlier tests
  return { id, owner, other, token: claimed.find(({ execution }) => execution === id)!.fencingToken };
}

test('a claimed attempt gets the token of its rights', async () => {
  const { id, owner, token } = await claimOne(['standard']);

  const claims = decodeJwt((await owner.issueExecutionToken(token))!);

  const metadata = { execution_id: id, permission_set_refs: ['standard'] };
  expect(claims).toMatchObject({ token_type: 'execution', scope: 'execution', tenant: 1, metadata });
  expect(claims.exp! - claims.iat!).toBe(300 + 60);
});

test('an attempt without permission sets gets no token', async () => {
  const { owner, token } = await claimOne();

  await expect(owner.issueExecutionToken(token)).resolves.toBeNull();
});

test('a worker can do nothing with the lease of another worker', async () => {
  const { id, owner, other, token } = await claimOne(['standard']);

  await expect(other.issueExecutionToken(token)).resolves.toBeNull();
  await expect(other.markStarted(token, Date.now())).resolves.toBe(false);
  await expect(other.finishAttempt(token, completed())).resolves.toBe(false);
  await other.appendAttemptLog(token, 'WARNING', {});

  expect((await platform.get(id)).status).toBe('scheduled');
  await expect(owner.markStarted(token, Date.now())).resolves.toBe(true);
  await expect(owner.finishAttempt(token, completed())).resolves.toBe(true);
  expect(await platform.log(id)).not.toContain('WARNING');
});

test('DU-08 a worker with a stale lease appends nothing to the log', async () => {
  const { id, owner, token } = await claimOne();
  await owner.markStarted(token, Date.now());
  await owner.appendAttemptLog(token, 'WARNING', { code: 'KEPT' });
  await platform.loseLease({ execution: id, tenant: 1, fencingToken: token, attempt: 1 });
  await platform.recover(id, 3);

  await owner.appendAttemptLog(token, 'WARNING', { code: 'LATE' });

  const warnings = (await platform.log(id)).filter((type) => type === 'WARNING');
  expect(warnings).toEqual(['WARNING']);
});

test('a lease ends with its attempt', async () => {
  const { owner, token } = await claimOne(['standard']);
  await owner.markStarted(token, Date.now());
  await owner.finishAttempt(token, completed());

  await expect(owner.issueExecutionToken(token)).resolves.toBeNull();
  await expect(owner.finishAttempt(token, completed())).resolves.toBe(false);
});

test('a sensor that is not planned cannot be claimed', async () => {
  const { owner } = await claimOne();
  await owner.listSensorPlans();

  await expect(owner.claimSensor(4_711)).resolves.toBeNull();
});

const CLAIMS = 1_000;
const SLOTS = 250;

/** Assigns executions with permission sets to the worker. */
async function assign(worker: number): Promise<void> {
  const { id } = await platform.request('test.act');
  await platform.db().inTenant(1, async (transaction) => {
    await sql`insert into execution (action, action_ref, status, worker, executor, config, permission_set_refs)
      select action, action_ref, 'scheduled', ${worker}, executor, '{}', '{standard}'
      from execution, generate_series(1, ${CLAIMS}) where id = ${id}`.execute(transaction);
  });
}

const cancel = (executions: readonly number[]) =>
  platform.db().inTenant(1, async (transaction) => {
    await sql`update execution set status = 'cancelled', finished_at = platform_now()
      where id = any(${executions}::bigint[])`.execute(transaction);
  });

/** Claims of the worker's slots; each is cancelled before it can start. */
async function cancelAllClaims(access: WorkerAccess, directory: string, count: number): Promise<number[]> {
  const fencingTokens: number[] = [];
  await new Promise<void>((resolve, reject) => {
    const claimExecutions: WorkerAccess['claimExecutions'] = async (maxCount) => {
      const claimed = await access.claimExecutions(maxCount);
      fencingTokens.push(...claimed.map(({ fencingToken }) => fencingToken));
      await cancel(claimed.map(({ execution }) => execution));
      if (fencingTokens.length === count) setImmediate(() => slots.drain(false).then(resolve, reject));
      return claimed;
    };
    const slots = new AttemptSlots({
      access: Object.assign(Object.create(access) as WorkerAccess, { claimExecutions }),
      workerContext: { ...WORKER_CONTEXT, directory },
      reportEnvironment: () => Promise.resolve(),
      log: pino({ enabled: false }),
      settings: {
        slots: SLOTS,
        leaseMs: LEASE_MS,
        killGraceMs: LEASE_MS,
        shutdownGraceMs: LEASE_MS,
        recovery: 'auto',
        status: 'extended',
      },
    });
    slots.claimWork();
  });
  return fencingTokens;
}

test('1,000 claims cancelled before their start leave nothing behind', async () => {
  const directory = testDirectory();
  const access = openAccess('cancelled');
  await assign(await access.registerWorker({ runtimes: { shell: '5.2.0' }, slots: SLOTS, meta: {} }));

  const fencingTokens = await cancelAllClaims(access, directory, CLAIMS);

  expect(fencingTokens).toHaveLength(CLAIMS);
  const tokens = await Promise.all(fencingTokens.map((token) => access.issueExecutionToken(token)));
  expect(tokens.filter((token) => token !== null)).toEqual([]);
});
