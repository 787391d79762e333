// Spec: a managed worker has a process while its state requires one, and loses no dispatch.
import { existsSync } from 'node:fs';
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { hostPids, signalProcess } from '../../../../helpers/scenario/processes';
import { createPollingAgent, stateChanges, statesToBe } from '../../support/workers/external-agent';
import { startManagedWorker } from '../../support/workers/managed-worker';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase, type TargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('workers.managed', 'lifecycle');
const onHost = systemTestNeeding('workers.managed', 'sql', 'host.processes', 'lifecycle');

const onEnvironments = systemTestNeeding(
  ...['workers.managed', 'host.files', 'host.processes', 'lifecycle'],
  ...['runtimes.python', 'packages.offline', 'packs.environments', 'ledger.shared'],
);

const CREATED = ['provisioning', 'online'] as const;

const createScript = async (ctx: Context, script: string): Promise<string> =>
  createScriptAction(ctx, await ctx.ownPack(), script);

/** Waits until the process has exited, and the worker has none. */
const processToEnd = ({ client }: Context, worker: number, pid: number) =>
  predicateToHold(`process ${pid} of worker ${worker} to end`, async () => {
    const { pid: present } = await client.workers.get(worker);
    return present === null && !hostPids().includes(pid);
  });

interface WorkerFacts {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly runtime: string;
  readonly pid: number | null;
}

/** What the API and the row say about a worker, which is the same. */
async function readWorker({ client }: Context, database: TargetDatabase, worker: number): Promise<WorkerFacts> {
  const { id, name, state, runtime, pid } = await client.workers.get(worker);
  const [row] = await database.query<WorkerFacts>(
    `select id::int, name, state, runtime, (meta->>'pid')::int as pid from worker where id = $1`,
    [worker],
  );
  expect({ id, name, state, runtime, pid }).toEqual(row);
  return row!;
}

onHost('S1-28 pause and resume: paused, provisioning, online', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const { client, deadline } = ctx;
  const id = await startManagedWorker(ctx);
  const before = await readWorker(ctx, database, id);

  const pause = await client.tenantWorkers.pause(id);
  await until(processToEnd(ctx, id, before.pid!), deadline);
  const paused = await readWorker(ctx, database, id);
  const resume = await client.tenantWorkers.resume(id);
  await until(statesToBe([...CREATED, 'paused', ...CREATED], client, id), deadline);
  const after = await readWorker(ctx, database, id);

  expect([pause.state, pause.changed, resume.state, resume.changed]).toEqual(['paused', true, 'provisioning', true]);
  expect(paused).toEqual({ ...before, state: 'paused', pid: null });
  expect(after).toEqual({ ...before, pid: after.pid });
  expect((await stateChanges(client, id)).slice(2)).toEqual([
    { from: 'online', to: 'paused', cause: 'pause' },
    { from: 'paused', to: 'provisioning', cause: 'resume' },
    { from: 'provisioning', to: 'online', cause: 'heartbeat' },
  ]);
});

/** How long a run is in flight that a verb must meet. */
const RUN_SECONDS = 5;

onHost('S1-28 a run in flight ends before the process of a paused worker', async (ctx) => {
  const { client, deadline } = ctx;
  ctx.plan(RUN_SECONDS * 1_000);
  const action_ref = await createScript(ctx, `sleep ${RUN_SECONDS}\necho done`);
  const id = await startManagedWorker(ctx);
  const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });
  await until(executionToBe('running', client, execution_id), deadline);

  const { pid } = await client.tenantWorkers.pause(id);
  await until(executionToBe('completed', client, execution_id), deadline);

  await until(processToEnd(ctx, id, pid!), deadline);
  expect((await client.workers.get(id)).state).toBe('paused');
  const log = await until(logToEnd(client, execution_id), deadline);
  expect(log.filter(({ type }) => type === 'EXECUTION_RECOVERED')).toEqual([]);
});

onHost('S1-28 a worker that is resumed while it drains keeps its process', async (ctx) => {
  const { client, deadline } = ctx;
  ctx.plan(RUN_SECONDS * 1_000);
  const action_ref = await createScript(ctx, `sleep ${RUN_SECONDS}`);
  const id = await startManagedWorker(ctx);
  const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });
  await until(executionToBe('running', client, execution_id), deadline);

  const { pid } = await client.tenantWorkers.pause(id);
  await client.tenantWorkers.resume(id);

  await until(statesToBe([...CREATED, 'paused', ...CREATED], client, id), deadline);
  expect((await client.executions.get(execution_id)).status).toBe('running');
  await until(executionToBe('completed', client, execution_id), deadline);
  expect((await client.workers.get(id)).pid).toBe(pid);
});

onHost('S1-28 what waits for a paused worker runs after its resume', async (ctx) => {
  const { client, deadline } = ctx;
  ctx.plan(RUN_SECONDS * 1_000);
  const [hold, next] = [await createScript(ctx, `sleep ${RUN_SECONDS}`), await createScript(ctx, 'echo done')];
  const id = await startManagedWorker(ctx, { template: 'shell-single' }); // one at a time
  const { execution_id: first } = await client.tenantWorkers.dispatch(id, { action_ref: hold });
  const { execution_id: second } = await client.tenantWorkers.dispatch(id, { action_ref: next });
  await until(executionToBe('running', client, first), deadline);

  const { pid } = await client.tenantWorkers.pause(id);
  await until(processToEnd(ctx, id, pid!), deadline);
  const [ended, waiting] = [await client.executions.get(first), await client.executions.get(second)];
  const { load } = await client.workers.get(id);
  await client.tenantWorkers.resume(id);
  const { worker } = await until(executionToBe('completed', client, second), deadline);

  expect([ended.status, waiting.status, load.queue_depth, worker]).toEqual(['completed', 'scheduled', 1, id]);
});

onHost('S1-28 a worker whose process is killed goes on with another one', async (ctx) => {
  const { client, deadline } = ctx;
  const action_ref = await createScript(ctx, '[ "$PLATFORM_ATTEMPT" != 1 ] || sleep 300');
  const id = await startManagedWorker(ctx);
  const { pid } = await client.workers.get(id);
  const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });
  await until(executionToBe('running', client, execution_id), deadline);

  signalProcess(pid!, 'SIGKILL');
  await until(statesToBe([...CREATED, 'offline', 'online'], client, id), deadline);

  expect((await stateChanges(client, id)).slice(2)).toEqual([
    { from: 'online', to: 'offline', cause: 'crashed' },
    { from: 'offline', to: 'online', cause: 'heartbeat' },
  ]);
  const { worker } = await until(executionToBe('completed', client, execution_id), deadline);
  expect([worker, (await client.workers.get(id)).pid === pid]).toEqual([id, false]);
  const log = await until(logToEnd(client, execution_id), deadline);
  expect(log.filter(({ type }) => type === 'EXECUTION_RECOVERED').map(({ payload }) => payload)).toEqual([
    { from: 'running', attempt: 1, reason: 'crashed' },
  ]);
});

/** The settings of a worker's queue, and what it has ever been given. */
const readQueue = (database: TargetDatabase, worker: number) =>
  database.query(
    `select w.queue_limit, w.delivery_mode, array(select id::int from execution where addressed_to = w.id) as executions
     from worker w where w.id = $1`,
    [worker],
  );

onHost('S1-30 a hibernated worker has its row and queue, and no process', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const { client, deadline } = ctx;
  const action_ref = await createScript(ctx, 'echo done');
  const id = await startManagedWorker(ctx, { runtime: 'shell', queue_limit: 7 });
  const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });
  await until(executionToBe('completed', client, execution_id), deadline);
  const before = await readWorker(ctx, database, id);

  const { state, changed } = await client.tenantWorkers.hibernate(id);

  await until(processToEnd(ctx, id, before.pid!), deadline);
  expect([state, changed]).toEqual(['hibernated', true]);
  expect(await readWorker(ctx, database, id)).toEqual({ ...before, state: 'hibernated', pid: null });
  expect(await readQueue(database, id)).toEqual([
    { queue_limit: 7, delivery_mode: 'push', executions: [execution_id] },
  ]);
  expect((await client.workers.get(id)).load.queue_depth).toBe(0);
});

onEnvironments('S1-30 a hibernated worker keeps the environments of packs', async (ctx) => {
  const { client, deadline } = ctx;
  const pack = await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==1.0.0'] });
  const id = await startManagedWorker(ctx, { runtime: 'python' });
  const importPackage = async () => {
    const parameters = { ...ctx.ledgerInput('import'), modules: { e2e_dep: 'e2e-dep' } };
    const { execution_id } = await client.tenantWorkers.dispatch(id, {
      action_ref: `${pack.ref}.py-import`,
      parameters,
    });
    const { result } = await until(executionToBe('completed', client, execution_id), deadline);
    return (result as { data: { root: string; stamp: string } }).data;
  };
  const imported = await importPackage();
  const built = await client.packs.environments(pack.ref);
  const { pid } = await client.workers.get(id);

  await client.tenantWorkers.hibernate(id);
  await until(processToEnd(ctx, id, pid!), deadline);

  expect(existsSync(imported.root)).toBe(true);
  expect(await client.packs.environments(pack.ref)).toEqual(built);
  expect(await importPackage()).toEqual(imported); // with the same stamp: nothing was installed again
});

test('S1-30 a busy worker does not hibernate', async (ctx) => {
  const { client, deadline } = ctx;
  ctx.plan(RUN_SECONDS * 1_000);
  const action_ref = await createScript(ctx, `sleep ${RUN_SECONDS}`);
  const id = await startManagedWorker(ctx);
  const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });

  await expect(client.tenantWorkers.hibernate(id)).rejects.toMatchObject({
    status: 409,
    code: 'WORKER_BUSY',
    body: { details: { path: '/id', executions: [execution_id], hint: expect.any(String) as string } },
  });

  await until(executionToBe('completed', client, execution_id), deadline);
  await until(statesToBe(CREATED, client, id), deadline);
});

test('S1-30 an external worker cannot hibernate', async (ctx) => {
  const { client } = ctx;
  const { id } = await createPollingAgent(ctx);

  for (const verb of ['hibernate', 'wake'] as const)
    await expect(client.tenantWorkers[verb](id)).rejects.toMatchObject({
      status: 409,
      code: 'WORKER_NOT_MANAGED',
      body: { details: { path: '/id', hint: expect.stringContaining('pause') as string } },
    });

  expect((await client.workers.get(id)).state).toBe('online');
});

test('S1-31 a dispatch wakes a hibernated worker, which runs it', async (ctx) => {
  const { client, deadline } = ctx;
  const action_ref = await createScript(ctx, 'echo done');
  const id = await startManagedWorker(ctx);
  await client.tenantWorkers.hibernate(id);

  const { execution_id, ...receipt } = await client.tenantWorkers.dispatch(id, { action_ref });

  expect(receipt).toEqual({ status: 'queued', delivery_mode: 'push', wake: true });
  const { worker } = await until(executionToBe('completed', client, execution_id), deadline);
  expect(worker).toBe(id);
  await until(statesToBe([...CREATED, 'hibernated', ...CREATED], client, id), deadline);
  expect((await stateChanges(client, id)).slice(2)).toEqual([
    { from: 'online', to: 'hibernated', cause: 'hibernate' },
    { from: 'hibernated', to: 'provisioning', cause: 'dispatch' },
    { from: 'provisioning', to: 'online', cause: 'heartbeat' },
  ]);
});

test('S1-32 ten dispatches at the same time wake a worker once', async (ctx) => {
  const { client, deadline } = ctx;
  const action_ref = await createScript(ctx, 'echo done');
  const id = await startManagedWorker(ctx);
  await client.tenantWorkers.hibernate(id);

  const dispatch = () => client.tenantWorkers.dispatch(id, { action_ref });
  const receipts = await Promise.all(Array.from({ length: 10 }, dispatch));

  for (const { execution_id } of receipts) await until(executionToBe('completed', client, execution_id), deadline);
  expect(receipts.filter(({ wake }) => wake)).toHaveLength(1);
  expect(await countExecutions(ctx, action_ref)).toBe(10);
  await until(statesToBe([...CREATED, 'hibernated', ...CREATED], client, id), deadline);
});
