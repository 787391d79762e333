// Spec: what waits for a worker is neither run while it is paused nor lost when it is removed.
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { createAgentAction, createPollingAgent, statesToBe } from '../../support/workers/external-agent';
import { startManagedWorker } from '../../support/workers/managed-worker';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.external_poll', 'lifecycle');
const onManaged = systemTestNeeding('workers.managed', 'lifecycle');

test('S1-56 a worker with work is removed only by force, which cancels it', async (ctx) => {
  const { client, deadline } = ctx;
  const { id, agent } = await createPollingAgent(ctx);
  const dispatched = [1, 2].map(() => client.tenantWorkers.dispatch(id, { action_ref: 'core.noop' }));
  const executions = (await Promise.all(dispatched)).map(({ execution_id }) => execution_id).sort((a, b) => a - b);
  await agent.claim(id);

  await expect(client.tenantWorkers.remove(id)).rejects.toMatchObject({
    status: 409,
    code: 'WORKER_BUSY',
    body: { details: { executions, path: '/id', hint: expect.stringContaining('force') as string } },
  });
  const removed = await client.tenantWorkers.remove(id, { force: true });

  await until(statesToBe(['awaiting_agent', 'online', 'removed'], client, id), deadline);
  expect([removed.state, removed.changed]).toEqual(['removed', true]);
  const ended = await Promise.all(executions.map((execution) => client.executions.get(execution)));
  expect(ended.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
  expect((await client.workers.list()).map((worker) => worker.id)).not.toContain(id);
});

test('S1-29 a paused external worker gets nothing new and ends what it has', async (ctx) => {
  const { client, deadline } = ctx;
  const external = await createPollingAgent(ctx);
  const { id, agent } = external;
  const { pause, resume, dispatch } = client.tenantWorkers;
  const action_ref = await createAgentAction(ctx);
  const first = await dispatch(id, { action_ref });
  const second = await dispatch(id, { action_ref });
  const [claim] = await agent.claim(id);
  await pause(id);

  await expect(dispatch(id, { action_ref })).rejects.toMatchObject({
    status: 409,
    code: 'WORKER_PAUSED',
    body: { details: { path: '/id', hint: expect.stringContaining('resume') as string } },
  });
  const whilePaused = await agent.claim(id);
  await agent.answer(id, first.execution_id, { fencing_token: claim!.fencing_token, status: 'completed' });
  const paused = await client.workers.get(id);
  await resume(id);
  const [next] = await agent.claim(id);

  expect([whilePaused, paused.state, paused.load.queue_depth]).toEqual([[], 'paused', 1]);
  expect(next?.execution_id).toBe(second.execution_id);
  expect(await countExecutions(ctx, action_ref)).toBe(2);
  await until(executionToBe('completed', client, first.execution_id), deadline);
  await until(statesToBe(['awaiting_agent', 'online', 'paused', 'online'], client, id), deadline);
});

const createScript = async (ctx: Context): Promise<string> => createScriptAction(ctx, await ctx.ownPack(), 'echo done');

onManaged('S1-29 a paused managed worker is not woken by a dispatch', async (ctx) => {
  const { client } = ctx;
  const action_ref = await createScript(ctx);
  const id = await startManagedWorker(ctx);
  await client.tenantWorkers.pause(id);

  await expect(client.tenantWorkers.dispatch(id, { action_ref })).rejects.toMatchObject({
    status: 409,
    code: 'WORKER_PAUSED',
    body: { details: { path: '/id', hint: expect.stringContaining('resume') as string } },
  });

  expect(await countExecutions(ctx, action_ref)).toBe(0);
  await until(statesToBe(['provisioning', 'online', 'paused'], client, id), ctx.deadline);
});

onManaged('S1-29 the platform places nothing on a managed worker by itself', async (ctx) => {
  const { client, deadline } = ctx;
  const action_ref = await createScript(ctx);
  const id = await startManagedWorker(ctx);
  const { name } = await client.workers.get(id);

  const { id: execution } = await client.executions.execute({ action_ref, worker_selector: { worker: name } });

  const { result } = await until(executionToBe('failed', client, execution), deadline);
  expect(result).toMatchObject({ error: 'Execution is unschedulable', failed_by: 'execution_scheduler' });
});

onManaged('S1-29 a managed worker refuses an action of another runtime', async (ctx) => {
  const { client } = ctx;
  const action_ref = await createScript(ctx);
  const id = await startManagedWorker(ctx, { runtime: 'nodejs' });

  await expect(client.tenantWorkers.dispatch(id, { action_ref })).rejects.toMatchObject({
    status: 422,
    code: 'WORKER_RUNTIME_MISMATCH',
    body: { details: { path: '/action_ref', runtime: 'nodejs', needed: 'shell', hint: expect.any(String) as string } },
  });

  expect(await countExecutions(ctx, action_ref)).toBe(0);
});
