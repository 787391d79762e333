// Spec: a pause of an execution does not touch its worker, nor one of a worker its executions.
import { executionToBe, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { createAgentAction, createPollingAgent } from '../../support/workers/external-agent';
import { childOf, startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import { onSuccess } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.external_poll', 'lifecycle');
const onPool = systemTestNeeding('workers.lifecycle', 'workers.pin', 'executions.pause', 'lifecycle');

/** How long the step that is in flight at the pause runs. */
const STEP_SECONDS = 3;

onPool('S1-34 a paused execution leaves its worker to complete another one', async (ctx) => {
  const { client, deadline } = ctx;
  ctx.plan(STEP_SECONDS * 1_000);
  const second = { name: 'two', action: 'core.noop' };
  const first = { name: 'one', action: 'core.sleep', input: { seconds: STEP_SECONDS }, next: [onSuccess('two')] };
  const id = await startWorkflow(ctx, [first, second], { name: ctx.name('flow') });
  const isRunning = async () => (await client.executions.children(id))[0]?.status === 'running';
  await until(predicateToHold('the first step to run', isRunning), deadline);

  await client.executions.pause(id);
  await until(executionToBe('paused', client, id), deadline);

  const { worker } = await childOf(ctx, id, 'one');
  const { name, cordoned } = await client.workers.get(worker!);
  const request = { action_ref: 'core.noop', worker_selector: { worker: name } };
  const { id: other } = await client.executions.execute(request);
  const ended = await until(executionToBe('completed', client, other), deadline);
  expect([ended.worker, cordoned]).toEqual([worker, false]);
  expect((await client.executions.get(id)).status).toBe('paused');
  await client.executions.resume(id);
  await until(executionToBe('completed', client, id), deadline);
});

test('S1-34 a paused worker completes its execution, which is not paused', async (ctx) => {
  const { client, deadline } = ctx;
  const external = await createPollingAgent(ctx);
  const { id, agent } = external;
  const action_ref = await createAgentAction(ctx);
  const { execution_id } = await client.tenantWorkers.dispatch(id, { action_ref });
  const [claim] = await agent.claim(id);

  await client.tenantWorkers.pause(id);

  expect((await client.executions.get(execution_id)).status).toBe('running');
  await agent.answer(id, execution_id, { fencing_token: claim!.fencing_token, status: 'completed' });
  await until(executionToBe('completed', client, execution_id), deadline);
  expect((await client.workers.get(id)).state).toBe('paused');
});
