// Spec: the responses of an agent decide when it gets an execution, and whether it is online.
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { createAgentAction, dispatchTo, stateChanges, statesToBe } from '../../support/workers/external-agent';
import { createPushAgent, type DeliveryReply } from '../../support/workers/push-agent';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.external_push', 'mocks.allowed');

const ACCEPTED = { status: 202 } as const;

test('S1-48 an agent that was away gets its execution once, when it is back', async (ctx) => {
  ctx.plan(3_000);
  const { client, deadline } = ctx;
  const replies: readonly DeliveryReply[] = ['reset', { status: 503 }, ACCEPTED];
  const pushed = await createPushAgent(ctx, (_, number) => replies[number - 1] ?? ACCEPTED);
  const { id: worker, agent, deliveries } = pushed;

  const id = await dispatchTo(ctx, pushed, await createAgentAction(ctx));
  await until(executionToBe('running', client, id), deadline);
  const tokens = deliveries.map(({ claim }) => claim.fencing_token);
  await agent.answer(worker, id, { fencing_token: tokens.at(-1)!, status: 'completed', output: 'done' });

  expect(deliveries.map(({ claim }) => claim.attempt)).toEqual([1, 1, 1]);
  expect([...new Set(tokens)].sort((a, b) => a - b)).toEqual(tokens);
  const log = await until(logToEnd(client, id), deadline);
  expect(log.map(({ type }) => type).filter((type) => type.startsWith('AGENT'))).toEqual([
    'AGENT_INVOKED',
    'AGENT_RESPONSE',
  ]);
  expect(await client.executions.get(id)).toMatchObject({ status: 'completed', result: { data: 'done' } });
});

test('S1-48 a silent agent is offline, and online when it accepts', async (ctx) => {
  ctx.plan(2_500);
  const pushed = await createPushAgent(ctx, () => ACCEPTED, { heartbeat_timeout_seconds: 0.5 });
  await until(statesToBe(['awaiting_agent', 'online', 'offline'], ctx.client, pushed.id), ctx.deadline);

  const id = await dispatchTo(ctx, pushed, await createAgentAction(ctx));
  await until(executionToBe('running', ctx.client, id), ctx.deadline);
  const hasReturned = async () => (await stateChanges(ctx.client, pushed.id)).length > 3;
  await until(predicateToHold('its return', hasReturned), ctx.deadline);

  expect((await stateChanges(ctx.client, pushed.id))[3]).toEqual({ from: 'offline', to: 'online', cause: 'heartbeat' });
});

/** By status of the first response: how often it is delivered, and the code of its failure. */
const RESPONSES: Readonly<Record<number, readonly [deliveries: number, code: string | null]>> = {
  ...Object.fromEntries([200, 202, 204, 299].map((status) => [status, [1, null]])),
  ...Object.fromEntries([429, 500, 503, 599].map((status) => [status, [2, null]])),
  ...Object.fromEntries([300, 302, 400, 401, 404, 409, 422, 428].map((status) => [status, [1, 'DELIVERY_REFUSED']])),
};

test('S1-48 a delivery is accepted, repeated or refused by its response', async (ctx) => {
  ctx.plan(3_000);
  const { client, deadline } = ctx;
  const earlier = new Set<unknown>();
  const pushed = await createPushAgent(ctx, ({ parameters: { status } }) => {
    if (earlier.has(status)) return ACCEPTED;
    earlier.add(status);
    return { status: status as number };
  });
  const action_ref = await createAgentAction(ctx, { status: { type: 'integer' } });
  const statuses = Object.keys(RESPONSES).map(Number);

  const ends = statuses.map(async (status) => {
    const { execution_id: id } = await client.tenantWorkers.dispatch(pushed.id, { action_ref, parameters: { status } });
    const goal = RESPONSES[status]![1] === null ? 'running' : 'failed';
    const { result } = await until(executionToBe(goal, client, id), deadline);
    const delivered = pushed.deliveries.filter(({ claim }) => claim.execution_id === id);
    return [status, [delivered.length, (result as { code?: string } | null)?.code ?? null]];
  });

  expect(Object.fromEntries(await Promise.all(ends))).toEqual(RESPONSES);
});
