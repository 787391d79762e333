import { DEFAULT_LIMITS } from '../../../platform/base/limits';
import { recoverExecution } from '../../../platform/executor/recovery/recover-execution';
import { openDatabase } from '../../../platform/store/database/connection';
import { suspendAttempt } from '../../../platform/store/executions/suspend-attempt';
import { readLog } from '../../../platform/store/lifecycle/execution-log';
import { recordWorkerCrash } from '../../../platform/store/workers/workers';
import { completed, TENANT, withExecutor } from './with-executor';

const testPlatform = withExecutor();

const MAX_RECOVERIES = 3;

const request = async () => (await testPlatform.request('test.act')).id;
const statusOf = async (id: number) => (await testPlatform.get(id)).status;

/** Dispatches and starts what the worker gets. Returns the ids. */
async function startWork(): Promise<number[]> {
  await testPlatform.dispatch();
  const attempts = await testPlatform.claim();
  for (const attempt of attempts) await testPlatform.start(attempt);
  running.push(...attempts);
  return attempts.map(({ execution }) => execution);
}

const running: Awaited<ReturnType<typeof testPlatform.claim>> = [];

/** The worker's process exits; what it ran is recovered. */
async function crash(blamed: number | null = null, maxRecoveries = MAX_RECOVERIES): Promise<void> {
  await recordWorkerCrash(testPlatform.db(), 'manual', { blamed, hasExited: true });
  for (const { execution } of running.splice(0)) await testPlatform.recover(execution, maxRecoveries);
}

async function finish(id: number): Promise<void> {
  const index = running.findIndex(({ execution }) => execution === id);
  await testPlatform.finish(running.splice(index, 1)[0]!, completed());
}

test('LD-04 an execution that crashes every worker is abandoned at the limit', async () => {
  const id = await request();

  for (let crashes = 0; crashes <= MAX_RECOVERIES; crashes++) {
    expect(await startWork()).toEqual([id]);
    await crash();
  }

  expect(await testPlatform.get(id)).toMatchObject({
    status: 'abandoned',
    result: { code: 'RECOVERY_LIMIT', recoveries: MAX_RECOVERIES, abandoned_by: 'execution_timeout_monitor' },
  });
});

test('what ran beside a known cause spends none of its recoveries', async () => {
  const [cause, neighbour] = [await request(), await request()];

  for (let crashes = 0; crashes < 2; crashes++) {
    expect(await startWork()).toEqual([cause, neighbour]);
    await crash(cause, 1);
  }

  expect([await statusOf(cause), await statusOf(neighbour)]).toEqual(['abandoned', 'requested']);
  expect(await startWork()).toEqual([neighbour]);
  await finish(neighbour);
});

/** Of the entries of its recoveries. */
async function recoveriesOf(id: number): Promise<unknown[]> {
  const log = await testPlatform.db().inTenant(TENANT, (transaction) => readLog(transaction, id, null, 100));
  return log.entries.filter(({ type }) => type === 'EXECUTION_RECOVERED').map(({ payload }) => payload);
}

test('executions suspected twice run alone, one after the other', async () => {
  const suspects = [await request(), await request()];
  for (let crashes = 0; crashes < 2; crashes++) {
    expect(await startWork()).toEqual(suspects);
    await crash(null, 0);
  }
  const other = await request();
  for (const suspect of suspects)
    expect(await recoveriesOf(suspect)).toEqual([
      { from: 'running', attempt: 1, reason: 'crashed' },
      { from: 'running', attempt: 2, reason: 'crashed', quarantined: true },
    ]);

  for (const suspect of suspects) {
    expect(await startWork()).toEqual([suspect]);
    expect(await startWork()).toEqual([]);
    await finish(suspect);
  }

  expect(await startWork()).toEqual([other]);
  await finish(other);
});

test('an execution that runs alone waits for what its worker holds', async () => {
  const [suspect, neighbour] = [await request(), await request()];
  await startWork();
  const report = { blamed: suspect, hasExited: false };
  for (let crashes = 0; crashes < 2; crashes++) await recordWorkerCrash(testPlatform.db(), 'manual', report);
  await testPlatform.loseLease(running.shift()!);
  await testPlatform.recover(suspect, MAX_RECOVERIES);

  expect(await startWork()).toEqual([]);
  await finish(neighbour);
  expect(await startWork()).toEqual([suspect]);
  await finish(suspect);
});

test('starts of a platform after its stops count for no limit of recoveries', async () => {
  const id = await request();
  for (let stops = 0; stops < 3; stops++) {
    expect(await startWork()).toEqual([id]);
    await suspendAttempt(testPlatform.db(), running.shift()!);
    await testPlatform.recover(id, 1);
  }

  expect(await startWork()).toEqual([id]);
  await crash(id, 1);
  expect(await startWork()).toEqual([id]);
  await crash(id, 1);

  const result = { code: 'RECOVERY_LIMIT', recoveries: 1 };
  expect(await testPlatform.get(id)).toMatchObject({ status: 'abandoned', result });
});

/** Of a platform that answers Attune's contract alone. */
const PLAIN = { extensions: false, limits: DEFAULT_LIMITS, status: 'extended', virtualTime: false } as const;

/** Of what `test.act` runs: what becomes of its executions when their worker is lost. */
const setWorkerLoss = (policy: 'recover' | 'abandon') =>
  testPlatform.queryAsOwner(`update action set on_worker_loss = '${policy}' where ref = 'test.act'`);

describe('with on_worker_loss: abandon', () => {
  beforeAll(() => setWorkerLoss('abandon'));
  afterAll(() => setWorkerLoss('recover'));

  test('DU-03 an execution that has started is abandoned', async () => {
    const id = await request();
    expect(await startWork()).toEqual([id]);

    await crash();

    const result = {
      error: 'Worker manual was lost, and the action has on_worker_loss: abandon',
      abandoned_by: 'execution_timeout_monitor',
      original_status: 'running',
      recoveries: 0,
    };
    expect(await testPlatform.get(id)).toMatchObject({ status: 'abandoned', termination_reason: 'crashed', result });
  });

  test('an execution that has not started is assigned again', async () => {
    const id = await request();
    await testPlatform.dispatch();
    const [held] = await testPlatform.claim();

    await testPlatform.loseLease(held!);
    await testPlatform.recover(id, MAX_RECOVERIES);

    expect(await statusOf(id)).toBe('requested');
    expect(await startWork()).toEqual([id]);
    await finish(id);
  });

  test('an execution that a stop of its platform suspended is abandoned', async () => {
    const id = await request();
    await testPlatform.dispatch();
    const [held] = await testPlatform.claim();
    await testPlatform.start(held!);

    await suspendAttempt(testPlatform.db(), held!);
    await testPlatform.recover(id, MAX_RECOVERIES);

    const { status, termination_reason, result } = await testPlatform.get(id);
    expect([status, termination_reason]).toEqual(['abandoned', 'shutdown_requested']);
    expect(result).toMatchObject({ original_status: 'suspended' });
  });

  test('a platform without extensions starts it again', async () => {
    const id = await request();
    await startWork();
    const [held] = running.splice(0);
    const plain = openDatabase(testPlatform.url(), 1, null, PLAIN);
    const policy = { recovery: 'auto', maxRecoveries: MAX_RECOVERIES, leaseMs: 1_000 } as const;

    await testPlatform.loseLease(held!);
    await plain.inTenant(TENANT, (transaction) => recoverExecution(transaction, TENANT, id, policy));
    await plain.close();

    expect(await statusOf(id)).toBe('requested');
    expect(await startWork()).toEqual([id]);
    await finish(id);
  });
});
