// Spec: an agent with an address gets its executions sent, each until it accepts, and only there.
import { createHash, createHmac } from 'node:crypto';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../../helpers/scenario/polling';
import { createAgentAction, createExternalAgent, dispatchTo } from '../../support/workers/external-agent';
import { createPushAgent, deliveriesToBe, type DeliveryReply, type PushAgent } from '../../support/workers/push-agent';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.external_push', 'mocks.allowed');

const ACCEPTED = { status: 202 } as const;
const accept = (): DeliveryReply => ACCEPTED;

test('S1-47 a dispatch is sent to the agent, which answers it', async (ctx) => {
  const { client, deadline } = ctx;
  const pushed = await createPushAgent(ctx, accept);
  const { id: worker, agent } = pushed;
  const action_ref = await createAgentAction(ctx, { word: { type: 'string' } });

  const { execution_id: id, ...receipt } = await client.tenantWorkers.dispatch(worker, {
    action_ref,
    parameters: { word: ctx.nonce },
  });
  const [delivery] = await until(deliveriesToBe(1, pushed), deadline);
  await until(executionToBe('running', client, id), deadline);
  const { fencing_token } = delivery!.claim;
  await agent.answer(worker, id, { fencing_token, status: 'completed', output: 'done' });

  expect(receipt).toEqual({ status: 'queued', delivery_mode: 'push' });
  expect(delivery!.claim).toEqual({
    execution_id: id,
    attempt: 1,
    action: action_ref,
    timeout_seconds: 300,
    parameters: { word: ctx.nonce },
    fencing_token: expect.any(Number) as number,
    deadline: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
  });
  const ended = await client.executions.get(id);
  expect(ended).toMatchObject({ status: 'completed', worker, result: { succeeded: true, data: 'done' } });
  expect(pushed.deliveries).toHaveLength(1);
});

test('S1-47 a delivery is signed with the hash of the token', async (ctx) => {
  const pushed = await createPushAgent(ctx, accept);
  const { token } = pushed.created;

  await dispatchTo(ctx, pushed, await createAgentAction(ctx));
  const [delivery] = await until(deliveriesToBe(1, pushed), ctx.deadline);
  const { headers, body } = delivery!;

  const key = createHash('sha256').update(token).digest('hex');
  const signature = createHmac('sha256', key).update(body).digest('hex');
  expect(headers['x-tuningfork-signature']).toBe(`sha256=${signature}`);
  expect(JSON.stringify([headers, body])).not.toContain(token);
});

test('S1-47 a refusal fails the execution with the reason, without secrets', async (ctx) => {
  const { client, deadline } = ctx;
  const token = `secret-${ctx.nonce}-${ctx.name('value')}`;
  const pushed = await createPushAgent(ctx, () => ({ status: 422, text: `no use for ${token}${'.'.repeat(5_000)}` }));
  const action_ref = await createAgentAction(ctx, { token: { type: 'string', secret: true } });

  const { execution_id } = await client.tenantWorkers.dispatch(pushed.id, { action_ref, parameters: { token } });
  const { result } = await until(executionToBe('failed', client, execution_id), deadline);

  expect(pushed.deliveries.map(({ claim }) => claim.parameters)).toEqual([{ token }]);
  const shown = 'no use for ***'.padEnd(2_000, '.');
  expect(result).toEqual({
    succeeded: false,
    code: 'DELIVERY_REFUSED',
    redacted: true,
    error: `DELIVERY_REFUSED: the agent of worker ${pushed.id} did not accept the execution: 422 ${shown}`,
  });
});

test('S1-47 nothing is sent to a paused worker', async (ctx) => {
  ctx.plan(3_000);
  const { client, deadline } = ctx;
  const pushed: PushAgent = await createPushAgent(ctx, async (_, number) => {
    if (number > 1) return ACCEPTED;
    await client.tenantWorkers.pause(pushed.id);
    return { status: 503 };
  });
  const other = await createPushAgent(ctx, accept);
  const action = await createAgentAction(ctx);
  const id = await dispatchTo(ctx, pushed, action);
  await until(deliveriesToBe(1, pushed), deadline);

  await dispatchTo(ctx, other, action);
  const sent = () => Promise.resolve(pushed.deliveries.length);
  await stays(sent, 1, deliveriesToBe(1, other), 2_000, deadline); // the next one would be after 1 s
  await client.tenantWorkers.resume(pushed.id);

  const [, second] = await until(deliveriesToBe(2, pushed), deadline);
  await until(executionToBe('running', client, id), deadline);
  expect(second!.claim).toMatchObject({ execution_id: id, attempt: 1 });
});

test('S1-47 an answer before the acceptance ends the execution', async (ctx) => {
  const { client, deadline } = ctx;
  const pushed: PushAgent = await createPushAgent(ctx, async ({ execution_id, fencing_token }) => {
    await pushed.agent.answer(pushed.id, execution_id, { fencing_token, status: 'completed', output: 'early' });
    return { status: 204 };
  });

  const id = await dispatchTo(ctx, pushed, await createAgentAction(ctx));

  const { result } = await until(executionToBe('completed', client, id), deadline);
  expect(result).toEqual({ succeeded: true, data: 'early' });
  expect(pushed.deliveries).toHaveLength(1);
});

test('S1-49 an accepted execution without an answer is sent again', async (ctx) => {
  ctx.plan(4_000);
  const { client, deadline } = ctx;
  const pushed = await createPushAgent(ctx, accept, { lease_seconds: 4 });
  const { id: worker, agent } = pushed;
  const id = await dispatchTo(ctx, pushed, await createAgentAction(ctx));

  const [first, second] = await until(deliveriesToBe(2, pushed), deadline);

  const answer = (fencing_token: number, output: string) =>
    agent.answer(worker, id, { fencing_token, status: 'completed', output });
  const [yours, current] = [first!.claim.fencing_token, second!.claim.fencing_token];
  await expect(answer(yours, 'late')).rejects.toMatchObject({
    status: 409,
    code: 'LEASE_FENCED',
    body: { details: { yours, current } },
  });
  await answer(current, 'second');
  expect(second!.claim).toMatchObject({ execution_id: id, attempt: 2 });
  expect(current).toBeGreaterThan(yours);
  expect((await client.executions.get(id)).result).toEqual({ succeeded: true, data: 'second' });
});

test('S1-50 an address that the platform must not reach is not registered', async (ctx) => {
  const { id, agent } = await createExternalAgent(ctx);

  for (const url of ['http://169.254.169.254/latest', 'http://10.0.0.1/', 'http://[::1]:9/'])
    await expect(agent.register(id, { delivery_mode: 'push', url })).rejects.toMatchObject({
      status: 422,
      code: 'REGISTER_URL_BLOCKED',
      body: { details: { path: '/url', hint: expect.stringContaining('PLATFORM_EGRESS_ALLOW') as string } },
    });
  for (const url of ['ftp://agent.example.test/', 'http://user:word@agent.example.test/'])
    await expect(agent.register(id, { delivery_mode: 'push', url })).rejects.toMatchObject({ status: 422 });

  expect(await ctx.client.workers.get(id)).toMatchObject({ state: 'awaiting_agent', delivery_mode: null });
});

test('S1-50 another mode or address of an agent is a change of its worker', async (ctx) => {
  const { id, agent, url } = await createPushAgent(ctx, accept);
  const [here, there] = [url, `${url}/elsewhere`].map((each) => ({ delivery_mode: 'push', url: each }) as const);
  const poll = { delivery_mode: 'poll' } as const;

  const changes: boolean[] = [];
  for (const body of [here!, there!, there!, poll, poll, there!, here!])
    changes.push((await agent.register(id, body)).changed);

  expect(changes).toEqual([false, true, false, true, false, true, true]);
  expect(await ctx.client.workers.get(id)).toMatchObject({ state: 'online', delivery_mode: 'push' });
});
