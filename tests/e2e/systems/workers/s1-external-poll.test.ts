// Spec: an external worker gets its executions by polling, each once, and only it gets them.
import { cancelAndWait } from '../../../../helpers/scenario/cancel-execution';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { stays, until } from '../../../../helpers/scenario/polling';
import {
  createAgentAction,
  createExternalAgent,
  createPollingAgent,
  dispatchTo,
  stateChanges,
  statesToBe,
} from '../../support/workers/external-agent';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('workers.external_poll');
const withRows = systemTestNeeding('workers.external_poll', 'sql');

test('S1-18 an external worker waits for its agent and starts no process', async (ctx) => {
  const { id, created } = await createExternalAgent(ctx, { runtime: 'relay' });

  expect(created).toMatchObject({ kind: 'external', state: 'awaiting_agent', pid: null, status: 'inactive' });
  expect(created.token).toMatch(/^tuningfork_worker_[\w-]{43}$/);
  expect(await ctx.client.workers.get(id)).not.toHaveProperty('token');
  const fence = statesToBe(['awaiting_agent'], ctx.client, id);
  const first = [{ from: null, to: 'awaiting_agent', cause: 'create' }];
  await stays(() => stateChanges(ctx.client, id), first, fence, 2_000, ctx.deadline);
  expect(await ctx.client.workers.get(id)).toMatchObject({ state: 'awaiting_agent', pid: null });
});

interface WorkerRow {
  readonly state: string;
  readonly runtime: string;
}

withRows('S1-19 its label is what was given, through its whole life', async (ctx) => {
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const { client } = ctx;
  const labels = [`Relay-CLI ${ctx.nonce} é`, 'relay', ''];

  const lives = await mapConcurrently(labels, 1, async (label) => {
    const { id, agent } = await createExternalAgent(ctx, { runtime: label });
    const read = async () => {
      const { state, runtime } = await client.workers.get(id);
      const [row] = await database.query<WorkerRow>('select state, runtime from worker where id = $1', [id]);
      return [{ state, runtime }, row];
    };
    const reads = [await read()];
    await agent.register(id, { delivery_mode: 'poll' });
    reads.push(await read());
    await client.tenantWorkers.pause(id);
    reads.push(await read());
    await client.tenantWorkers.resume(id);
    return [...reads, await read()];
  });

  const lifeOf = (runtime: string) =>
    ['awaiting_agent', 'online', 'paused', 'online'].map((state) => [
      { state, runtime },
      { state, runtime },
    ]);
  expect(lives).toEqual([lifeOf(labels[0]!), lifeOf('relay'), lifeOf('external')]);
});

test('S1-20 a dispatch before the registration is refused', async (ctx) => {
  const external = await createExternalAgent(ctx);
  const action = await createAgentAction(ctx);

  await expect(dispatchTo(ctx, external, action)).rejects.toMatchObject({
    status: 409,
    code: 'WORKER_AWAITING_AGENT',
    body: { details: { path: '/id', hint: expect.stringContaining(`${external.id}/register`) as string } },
  });

  expect(await countExecutions(ctx, action)).toBe(0);
});

test('S1-21 a registration with poll brings it online', async (ctx) => {
  const { id, agent } = await createExternalAgent(ctx);

  expect(await agent.register(id, { delivery_mode: 'poll' })).toEqual({ state: 'online', changed: true });
  expect(await agent.register(id, { delivery_mode: 'poll' })).toEqual({ state: 'online', changed: false });

  await until(statesToBe(['awaiting_agent', 'online'], ctx.client, id), ctx.deadline);
  expect(await stateChanges(ctx.client, id)).toEqual([
    { from: null, to: 'awaiting_agent', cause: 'create' },
    { from: 'awaiting_agent', to: 'online', cause: 'register' },
  ]);
  const worker = await ctx.client.workers.get(id);
  expect(worker).toMatchObject({ state: 'online', status: 'active', delivery_mode: 'poll' });
});

test('S1-21 only its own token registers it, and push needs an address', async (ctx) => {
  const { id, agent } = await createExternalAgent(ctx);
  const other = await createExternalAgent(ctx);

  const poll = { delivery_mode: 'poll' } as const;
  for (const agentOfOther of [other.agent, ctx.client.tenantWorkers])
    await expect(agentOfOther.register(id, poll)).rejects.toMatchObject({ status: 401 });
  await expect(agent.register(id, { delivery_mode: 'push' })).rejects.toMatchObject({
    status: 422,
    code: 'REGISTER_URL_REQUIRED',
    body: { details: { path: '/url', hint: expect.stringContaining('url') as string } },
  });

  expect(await ctx.client.workers.get(id)).toMatchObject({ state: 'awaiting_agent', delivery_mode: null });
  const pushed = await agent.register(id, { delivery_mode: 'push', url: 'https://agent.example.test/' });
  expect(pushed).toEqual({ state: 'online', changed: true });
});

test('S1-21 no other tenant sees it or gives it work', async (ctx) => {
  const { id } = await createPollingAgent(ctx);
  const { client } = await createTestTenant(ctx, 'other');

  const { dispatch, pause, remove, activity } = client.tenantWorkers;
  const attempts = [client.workers.get(id), dispatch(id, { action_ref: 'core.noop' }), pause(id), remove(id)];
  for (const attempt of [...attempts, activity(id)]) await expect(attempt).rejects.toMatchObject({ status: 404 });

  expect((await client.workers.list()).map((worker) => worker.id)).not.toContain(id);
  expect((await ctx.client.workers.list()).map((worker) => worker.id)).toContain(id);
});

test('S1-22 a dispatch to a polled worker returns the queued envelope', async (ctx) => {
  const external = await createPollingAgent(ctx);
  const action_ref = await createAgentAction(ctx);

  const receipt = await ctx.client.tenantWorkers.dispatch(external.id, { action_ref });

  expect(receipt).toEqual({
    status: 'queued',
    delivery_mode: 'poll',
    execution_id: expect.any(Number) as number,
  });
  const execution = await ctx.client.executions.get(receipt.execution_id);
  expect(execution).toMatchObject({ status: 'scheduled', worker: external.id, action_ref });
  expect((await ctx.client.workers.get(external.id)).load.queue_depth).toBe(1);
});

test('S1-22 an execution of one worker is given to no other', async (ctx) => {
  const [external, other] = [await createPollingAgent(ctx), await createPollingAgent(ctx)];
  const id = await dispatchTo(ctx, external, await createAgentAction(ctx));

  expect(await other.agent.claim(other.id)).toEqual([]);
  const [claim] = await external.agent.claim(external.id);
  const answer = { fencing_token: claim!.fencing_token, status: 'completed' } as const;
  await expect(other.agent.answer(other.id, id, answer)).rejects.toMatchObject({ status: 404 });
  await external.agent.answer(external.id, id, answer);

  expect(await ctx.client.executions.get(id)).toMatchObject({ status: 'completed', worker: external.id });
});

test('S1-22 what is addressed to no worker never goes to an external one', async (ctx) => {
  const { client, deadline } = ctx;
  const pack_ref = await ctx.ownPack();
  const ref = `${pack_ref}.${ctx.name('anywhere')}`;
  await client.actions.create({ ref, pack_ref, label: 'anywhere', entrypoint: 'missing' });
  const busy = await client.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 20 } });
  ctx.defer(() => cancelAndWait(client, busy.id));
  await until(executionToBe('running', client, busy.id), deadline); // the external worker has less to do
  const external = await createPollingAgent(ctx);

  const { id } = await client.executions.execute({ action_ref: ref });

  const { worker } = await until(executionToBe('failed', client, id), deadline);
  expect([worker === null, worker === external.id]).toEqual([false, false]);
});

test('S1-23 the agent polls, works and answers, and the execution completes', async (ctx) => {
  const { client } = ctx;
  const external = await createPollingAgent(ctx);
  const { id: worker, agent } = external;
  const action_ref = await createAgentAction(ctx, { word: { type: 'string' }, more: { type: 'integer', default: 3 } });
  const parameters = { word: ctx.nonce };
  const { execution_id: id } = await client.tenantWorkers.dispatch(worker, { action_ref, parameters });

  const [claim, ...others] = await agent.claim(worker, { limit: 10 });
  const running = await client.executions.get(id);
  const output = { words: [ctx.nonce] };
  const { fencing_token } = claim!;
  await agent.answer(worker, id, { fencing_token, status: 'completed', output });

  expect(claim).toEqual({
    execution_id: id,
    attempt: 1,
    action: action_ref,
    timeout_seconds: 300,
    parameters: { word: ctx.nonce, more: 3 },
    fencing_token: expect.any(Number) as number,
    deadline: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
  });
  const leaseMs = Date.parse(claim!.deadline) - Date.parse(running.started_at!);
  expect({ others, status: running.status, isLeaseLong: leaseMs > 50_000 && leaseMs < 70_000 }).toEqual({
    others: [],
    status: 'running',
    isLeaseLong: true,
  });
  const { status, result } = await client.executions.get(id);
  expect({ status, result }).toEqual({ status: 'completed', result: { succeeded: true, data: output } });
  expect(await agent.claim(worker)).toEqual([]);
});

test('S1-23 what the worker ran is in its activity', async (ctx) => {
  const external = await createPollingAgent(ctx);
  const id = await dispatchTo(ctx, external, await createAgentAction(ctx));
  const [claim] = await external.agent.claim(external.id);
  await external.agent.answer(external.id, id, { fencing_token: claim!.fencing_token, status: 'failed', error: 'no' });

  const ran = async () => (await ctx.client.tenantWorkers.activity(external.id)).filter((entry) => entry.execution);
  const activity = {
    name: 'the activity to contain the end',
    check: async () => {
      const entries = await ran();
      const isMet = entries.some(({ type }) => type === 'AGENT_RESPONSE');
      return isMet ? ({ is: 'met', value: entries } as const) : ({ is: 'pending', why: 'it does not' } as const);
    },
  };
  const entries = await until(activity, ctx.deadline);
  expect(entries.map(({ type, execution, worker }) => [type, execution, worker])).toEqual([
    ['AGENT_INVOKED', id, external.id],
    ['AGENT_RESPONSE', id, external.id],
  ]);
  expect(await ctx.client.executions.get(id)).toMatchObject({ status: 'failed', result: { error: 'no' } });
});

test('S1-23 a secret is given to the agent that claims, and stored nowhere', async (ctx) => {
  const external = await createPollingAgent(ctx);
  const action_ref = await createAgentAction(ctx, { token: { type: 'string', secret: true } });
  const token = `secret-${ctx.nonce}-${ctx.name('value')}`;
  const { execution_id: id } = await ctx.client.tenantWorkers.dispatch(external.id, {
    action_ref,
    parameters: { token },
  });

  const [claim] = await external.agent.claim(external.id);
  const output = { text: `it is ${token}` };
  await external.agent.answer(external.id, id, { fencing_token: claim!.fencing_token, status: 'completed', output });

  expect(claim!.parameters).toEqual({ token });
  const { config, result } = await ctx.client.executions.get(id);
  expect(JSON.stringify(config)).not.toContain(token);
  expect(result).toEqual({ succeeded: true, redacted: true, data: { text: 'it is ***' } });
});

test('S1-23 keys of the platform are not given to an agent', async (ctx) => {
  const external = await createPollingAgent(ctx);
  const pack = await ctx.ownPack();
  const action_ref = await createScriptAction(ctx, pack, 'exit 9');
  const key = ctx.name('key');
  await ctx.client.keys.create({ ref: key, name: key, owner_type: 'pack', owner_pack_ref: pack, value: ctx.nonce });
  ctx.defer(() => ctx.client.keys.removeIfExists(key));

  await dispatchTo(ctx, external, action_ref);

  const [claim] = await external.agent.claim(external.id);
  expect(claim!.parameters).toEqual({});
});
