// Spec: the queue of an external worker delivers each execution once, also when its agent is lost.
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { stays, until } from '../../../../helpers/scenario/polling';
import {
  createAgentAction,
  createPollingAgent,
  dispatchTo,
  pollToClaim,
  statesToBe,
} from '../../support/workers/external-agent';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.external_poll');

const EXECUTIONS = 50;
/** Of claims that an agent must meet, or heartbeat for. */
const LEASE_SECONDS = 4;

test('S1-24 two pollers never get the same execution', async (ctx) => {
  const { client, deadline } = ctx;
  const external = await createPollingAgent(ctx);
  const { id: worker, agent } = external;
  const action = await createAgentAction(ctx);
  const dispatched = await mapConcurrently([...Array(EXECUTIONS).keys()], 5, () => dispatchTo(ctx, external, action));
  const claimed: number[] = [];

  const poll = async (): Promise<void> => {
    while (claimed.length < EXECUTIONS && performance.now() < deadline) {
      const claims = await agent.claim(worker, { limit: 4 });
      claimed.push(...claims.map(({ execution_id: id }) => id));
      for (const { execution_id: id, fencing_token } of claims)
        await agent.answer(worker, id, { fencing_token, status: 'completed', output: id });
    }
  };
  await Promise.all([poll(), poll()]);

  expect(claimed.sort((a, b) => a - b)).toEqual(dispatched.sort((a, b) => a - b));
  expect(new Set(claimed).size).toBe(EXECUTIONS);
  const ended = await client.executions.list({ action_ref: action });
  expect(ended.map(({ status }) => status)).toEqual(Array<string>(EXECUTIONS).fill('completed'));
});

test('S1-25 an abandoned claim is delivered again, its late answer refused', async (ctx) => {
  ctx.plan(LEASE_SECONDS * 1_000);
  const { client, deadline } = ctx;
  const external = await createPollingAgent(ctx, { lease_seconds: LEASE_SECONDS });
  const { id: worker, agent } = external;
  const id = await dispatchTo(ctx, external, await createAgentAction(ctx));
  const [first] = await agent.claim(worker);

  const second = await until(pollToClaim(external), deadline);

  const answer = (claim: typeof second, output: string) =>
    agent.answer(worker, id, { fencing_token: claim.fencing_token, status: 'completed', output });
  const tokens = { yours: first!.fencing_token, current: second.fencing_token };
  await expect(answer(first!, 'late')).rejects.toMatchObject({
    status: 409,
    code: 'LEASE_FENCED',
    body: { details: { ...tokens, path: '/fencing_token', hint: expect.any(String) as string } },
  });
  await answer(second, 'second');
  expect(second).toMatchObject({ execution_id: id, attempt: 2 });
  expect(second.fencing_token).toBeGreaterThan(first!.fencing_token);
  await until(executionToBe('completed', client, id), deadline);
  expect((await client.executions.get(id)).result).toEqual({ succeeded: true, data: 'second' });
  await expect(answer(first!, 'later')).rejects.toMatchObject({ code: 'LEASE_FENCED' });
});

test('S1-25 a claim that heartbeats name is kept', async (ctx) => {
  ctx.plan(LEASE_SECONDS * 1_000);
  const external = await createPollingAgent(ctx, { lease_seconds: LEASE_SECONDS });
  const { id: worker, agent } = external;
  const id = await dispatchTo(ctx, external, await createAgentAction(ctx));
  const [{ fencing_token, deadline: lease } = { fencing_token: 0, deadline: '' }] = await agent.claim(worker);

  const renewed = predicateToHold('three leases to pass', async () => {
    await agent.heartbeat(worker, [fencing_token]);
    const { last_heartbeat } = await ctx.client.workers.get(worker);
    return Date.parse(last_heartbeat!) - Date.parse(lease) > 2 * LEASE_SECONDS * 1_000;
  });
  await until(renewed, ctx.deadline);

  expect(await agent.claim(worker)).toEqual([]);
  await agent.answer(worker, id, { fencing_token, status: 'completed', output: 'kept' });
  const log = await until(logToEnd(ctx.client, id), ctx.deadline);
  expect(log.filter(({ type }) => type === 'EXECUTION_RECOVERED')).toEqual([]);
});

test('S1-25 a claim is not renewed beyond the time limit of its action', async (ctx) => {
  ctx.plan(3_000);
  const { client, deadline } = ctx;
  const external = await createPollingAgent(ctx);
  const { id: worker, agent } = external;
  const action = await createAgentAction(ctx);
  await client.actions.update(action, { timeout_seconds: 3 });
  const id = await dispatchTo(ctx, external, action);
  const [claim] = await agent.claim(worker);
  const { fencing_token } = claim!;

  const beats: number[][] = [];
  const overdue = predicateToHold('a heartbeat to end it', async () => {
    beats.push((await agent.heartbeat(worker, [fencing_token])).cancel);
    return beats.at(-1)!.length > 0;
  });
  await until(overdue, deadline);

  expect([claim!.timeout_seconds, beats.at(-1), beats.length > 1]).toEqual([3, [id], true]);
  const { status, result } = await client.executions.get(id);
  expect({ status, result }).toMatchObject({
    status: 'failed',
    result: { exit_code: -1, timed_out: true, timeout_seconds: 3, timeout_level: 'action' },
  });
  const late = agent.answer(worker, id, { fencing_token, status: 'completed' });
  await expect(late).rejects.toMatchObject({ code: 'LEASE_FENCED' });
});

test('S1-25 a cancellation reaches the agent with its next heartbeat', async (ctx) => {
  const external = await createPollingAgent(ctx);
  const { id: worker, agent } = external;
  const id = await dispatchTo(ctx, external, await createAgentAction(ctx));
  const [claim] = await agent.claim(worker);
  const { fencing_token } = claim!;
  await expect(agent.answer(worker, id, { fencing_token, status: 'cancelled' })).rejects.toMatchObject({ status: 409 });

  await ctx.client.executions.cancel(id);
  const receipt = await agent.heartbeat(worker, [fencing_token]);
  await agent.answer(worker, id, { fencing_token, status: 'cancelled' });

  expect(receipt).toEqual({ state: 'online', changed: false, cancel: [id] });
  expect(await ctx.client.executions.get(id)).toMatchObject({ status: 'cancelled', result: { cancelled: true } });
});

const TIMEOUT_MS = 1_000;
/**
 * Silence is noticed at the next round of the recovery, which a pause of the platform delays by a
 * lease.
 */
const NOTICE_MS = 5_000;

test('S1-26 silence takes it offline, a heartbeat brings it back', async (ctx) => {
  ctx.plan(TIMEOUT_MS + NOTICE_MS);
  const { client, deadline } = ctx;
  const external = await createPollingAgent(ctx, { heartbeat_timeout_seconds: TIMEOUT_MS / 1_000 });
  const { id: worker, agent } = external;
  const id = await dispatchTo(ctx, external, await createAgentAction(ctx));

  const toBeOffline = statesToBe(['awaiting_agent', 'online', 'offline'], client, worker);
  const silent = await until(toBeOffline, deadline);
  await stays(() => client.executions.log(id), [], toBeOffline, ctx.quietMs, deadline);
  const offline = await client.workers.get(worker);
  const beat = await agent.heartbeat(worker);
  const awake = await client.workers.get(worker);

  const [, online, gone] = silent;
  const silenceMs = Date.parse(gone!.created_at) - Date.parse(online!.created_at);
  expect(silenceMs).toBeGreaterThanOrEqual(TIMEOUT_MS);
  ctx.expectAtMost((TIMEOUT_MS + NOTICE_MS) / 1_000, silenceMs / 1_000);
  expect(gone!.payload).toEqual({ from: 'online', to: 'offline', cause: 'heartbeat_timeout' });
  expect(offline).toMatchObject({ state: 'offline', state_cause: 'heartbeat_timeout', status: 'inactive' });
  expect([offline.load.queue_depth, awake.load.queue_depth]).toEqual([1, 1]);
  expect([beat, awake.state]).toEqual([{ state: 'online', changed: true, cancel: [] }, 'online']);
  const [claim] = await agent.claim(worker);
  expect(claim?.execution_id).toBe(id);
});

test('S1-27 a full queue refuses the next dispatch', async (ctx) => {
  const external = await createPollingAgent(ctx, { queue_limit: 3 });
  const action = await createAgentAction(ctx);
  await mapConcurrently([1, 2, 3], 1, () => dispatchTo(ctx, external, action));

  await expect(dispatchTo(ctx, external, action)).rejects.toMatchObject({
    status: 429,
    code: 'WORKER_QUEUE_FULL',
    body: { details: { depth: 3, limit: 3, path: '/id', hint: expect.stringContaining('claimed') as string } },
  });

  expect(await countExecutions(ctx, action)).toBe(3);
  await external.agent.claim(external.id);
  await dispatchTo(ctx, external, action);
  expect(await countExecutions(ctx, action)).toBe(4);
});

test('S1-27 dispatches at the same time do not exceed the limit', async (ctx) => {
  const external = await createPollingAgent(ctx, { queue_limit: 3 });
  const action = await createAgentAction(ctx);

  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => dispatchTo(ctx, external, action)));

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await countExecutions(ctx, action)).toBe(3);
});
