// Spec: one executor coordinates a workflow at a time; another takes over when it renews no more.
import { advanceWorkflow } from '../../../platform/executor/workflows/advance';
import { addExecutor, removeExecutor, renewExecutor } from '../../../platform/store/workers/executors';
import { completed, STALE_MS, TENANT, withExecutor } from './with-executor';

const LEASE_MS = 60_000;
const ROUNDS = 20;

const platform = withExecutor();
let flow: string;

beforeAll(async () => {
  flow = await platform.createWorkflow('two', {
    tasks: [
      { name: 'one', action: 'test.act', next: [{ do: ['two'] }] },
      { name: 'two', action: 'test.act' },
    ],
  });
});

const add = (instance: string): Promise<number> => addExecutor(platform.db(), instance, LEASE_MS);

const advanceBy = (executor: number, execution: number): Promise<void> =>
  advanceWorkflow(platform.db(), { executor, staleMs: STALE_MS })({ tenant: TENANT, execution });

/** A workflow that is dispatched and has not been advanced. */
async function dispatched(): Promise<number> {
  return platform.requestAndDispatch(flow);
}

interface LockRow {
  readonly owner: string;
  readonly token: number;
  readonly renewals: number;
}

const locks = (execution: number): Promise<LockRow[]> =>
  platform.queryAsOwner(
    `select owner, fencing_token::int as token, renewals::int as renewals from durable.execution_locks
    where execution_id = $1 and acquired_at <= liveness_now()`,
    [execution],
  );

/** Ends the oldest task that a worker can claim. */
async function endOneTask(): Promise<void> {
  const [attempt] = await platform.claim(1);
  await platform.start(attempt!);
  await platform.finish(attempt!, completed());
}

/** The executor has not renewed for longer than a lease. */
const expire = (executor: number): Promise<object[]> =>
  platform.queryAsOwner('update executor set expires_at = liveness_now() - $1::interval where id = $2', [
    '1 s',
    executor,
  ]);

test('S3-11 of two executors at one workflow, one coordinates it', async () => {
  const executors = [await add('left'), await add('right')] as const;

  const owners = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const id = await dispatched();
    await Promise.all(executors.map((executor) => advanceBy(executor, id)));
    const [lock, ...others] = await locks(id);
    expect(others).toEqual([]);
    owners.add(lock!.owner);

    await endOneTask();
    const loser = executors[lock!.owner === 'left' ? 1 : 0];
    await advanceBy(loser, id);
    expect((await platform.children(id)).map(({ task_name }) => task_name)).toEqual(['one']);

    await Promise.all(executors.map((executor) => advanceBy(executor, id)));
    await endOneTask();
    await Promise.all(executors.map((executor) => advanceBy(executor, id)));
    expect(await platform.get(id)).toMatchObject({ status: 'completed' });
    expect(await platform.log(id)).toEqual([
      'EXECUTION_STARTED',
      ...['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'],
      ...['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'],
      'EXECUTION_COMPLETED',
    ]);
    expect(await locks(id)).toEqual([]);
  }
  expect([...owners].every((owner) => ['left', 'right'].includes(owner))).toBe(true);
});

test('S3-13 a silent executor is replaced, and finished steps are kept', async () => {
  const [dead, next] = [await add('dead'), await add('next')];
  const id = await dispatched();
  await advanceBy(dead, id);
  await endOneTask();
  await advanceBy(dead, id);
  const [before] = await locks(id);
  const [one] = await platform.children(id);

  await expire(dead);
  await endOneTask();
  await advanceBy(next, id);

  expect(await platform.get(id)).toMatchObject({ status: 'completed' });
  expect((await platform.children(id)).map(({ task_name }) => task_name)).toEqual(['one', 'two']);
  expect((await platform.children(id))[0]).toEqual(one);
  expect(before).toMatchObject({ owner: 'dead' });
});

test('S3-14 an executor that was replaced changes nothing when it goes on', async () => {
  const [slow, next] = [await add('slow'), await add('next')];
  const id = await dispatched();
  await advanceBy(slow, id);
  const [before] = await locks(id);
  await endOneTask();
  await expire(slow);
  await advanceBy(next, id);
  const [after] = await locks(id);
  await endOneTask();
  const log = await platform.log(id);

  await renewExecutor(platform.db(), slow, LEASE_MS);
  await advanceBy(slow, id);

  expect(await platform.log(id)).toEqual(log);
  expect(await platform.get(id)).toMatchObject({ status: 'running' });
  expect(await locks(id)).toEqual([after]);
  expect(after).toMatchObject({ owner: 'next' });
  expect(after!.token).toBeGreaterThan(before!.token);
  await advanceBy(next, id);
  expect(await platform.get(id)).toMatchObject({ status: 'completed' });
});

test('S3-15 a renewal keeps the lease and its token', async () => {
  const owner = await add('owner');
  const id = await dispatched();
  await advanceBy(owner, id);
  const [before] = await locks(id);

  for (let n = 0; n < 3; n++) await renewExecutor(platform.db(), owner, LEASE_MS);
  await endOneTask();
  await advanceBy(owner, id);

  expect(await locks(id)).toEqual([{ ...before, renewals: 3 }]);
});

test('an executor that is removed has no leases', async () => {
  const [first, next] = [await add('first'), await add('next')];
  const id = await dispatched();
  await advanceBy(first, id);

  await removeExecutor(platform.db(), first);
  expect(await locks(id)).toEqual([]);
  await endOneTask();
  await advanceBy(next, id);

  expect(await locks(id)).toMatchObject([{ owner: 'next' }]);
});

test('an executor from before the start of the server is not alive', async () => {
  const [first, next] = [await add('first'), await add('next')];
  const id = await dispatched();
  await advanceBy(first, id);
  await endOneTask();

  await platform.queryAsOwner(
    'update executor set renewed_at = pg_postmaster_start_time() - $1::interval where id = $2',
    ['1 s', first],
  );
  await advanceBy(next, id);

  expect(await locks(id)).toMatchObject([{ owner: 'next' }]);
});
