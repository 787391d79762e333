// Spec: the verbs of a worker do what its state allows; any other changes nothing and says so.
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import {
  type ExternalAgent,
  createAgentAction,
  createExternalAgent,
  createPollingAgent,
  stateChanges,
  statesToBe,
} from '../../../../helpers/scenario/resources/workers/external-agent';
import {
  createManagedWorker,
  startManagedWorker,
  workerToBe,
} from '../../../../helpers/scenario/resources/workers/managed-worker';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTestNeeding } from '../../../../helpers/scenario/system-test';

const test = systemTestNeeding('workers.external_poll', 'lifecycle');
const onManaged = systemTestNeeding('workers.managed', 'lifecycle');

type Verb = 'register' | 'heartbeat' | 'dispatch' | 'pause' | 'resume' | 'delete';

/** The status and code, or `changed`, that a verb is answered with. */
async function answerTo({ client }: Context, { id, agent }: ExternalAgent, verb: Verb): Promise<unknown> {
  const { dispatch, pause, resume, remove } = client.tenantWorkers;
  const calls: Record<Verb, () => Promise<object>> = {
    register: () => agent.register(id, { delivery_mode: 'poll' }),
    heartbeat: () => agent.heartbeat(id),
    dispatch: () => dispatch(id, { action_ref: 'core.noop' }),
    pause: () => pause(id),
    resume: () => resume(id),
    delete: () => remove(id),
  };
  try {
    const answer = await calls[verb]();
    return 'changed' in answer ? { changed: answer.changed } : { queued: true };
  } catch (error) {
    const { status, code, body } = error as { status: number; code: string; body: { details?: object } };
    const { from, verb: refused, allowed } = (body.details ?? {}) as Record<string, unknown>;
    return { status, code, ...(allowed !== undefined && { from, verb: refused, allowed }) };
  }
}

const illegal = (from: string, verb: Verb, allowed: readonly Verb[]) => ({
  ...{ status: 409, code: 'ILLEGAL_TRANSITION' },
  ...{ from, verb, allowed },
});
const repeated = { changed: false };

/** A state, how a worker gets into it, and what the verbs that change nothing are answered. */
interface StateRow {
  readonly states: readonly string[];
  enter(ctx: Context): Promise<ExternalAgent>;
  readonly answers: Partial<Record<Verb, unknown>>;
}

async function enterPaused(ctx: Context): Promise<ExternalAgent> {
  const external = await createPollingAgent(ctx);
  await ctx.client.tenantWorkers.pause(external.id);
  return external;
}

async function enterRemoved(ctx: Context): Promise<ExternalAgent> {
  const external = await createPollingAgent(ctx);
  await ctx.client.tenantWorkers.remove(external.id);
  return external;
}

const WAITING = ['register', 'delete'] as const;
const OFFLINE = ['heartbeat', 'dispatch', 'delete'] as const;
const UNAUTHORIZED = { status: 401, code: expect.any(String) as string };

const ROWS: readonly StateRow[] = [
  {
    states: ['awaiting_agent'],
    enter: (ctx) => createExternalAgent(ctx),
    answers: {
      heartbeat: illegal('awaiting_agent', 'heartbeat', WAITING),
      dispatch: { status: 409, code: 'WORKER_AWAITING_AGENT' },
      pause: illegal('awaiting_agent', 'pause', WAITING),
      resume: repeated,
    },
  },
  {
    states: ['awaiting_agent', 'online'],
    enter: (ctx) => createPollingAgent(ctx),
    answers: { register: repeated, heartbeat: repeated, resume: repeated },
  },
  {
    states: ['awaiting_agent', 'online', 'paused'],
    enter: enterPaused,
    answers: {
      register: illegal('paused', 'register', ['heartbeat', 'resume', 'delete']),
      heartbeat: repeated,
      dispatch: { status: 409, code: 'WORKER_PAUSED' },
      pause: repeated,
    },
  },
  {
    states: ['awaiting_agent', 'online', 'offline'],
    enter: (ctx) => createPollingAgent(ctx, { heartbeat_timeout_seconds: 0.5 }),
    answers: {
      register: illegal('offline', 'register', OFFLINE),
      pause: illegal('offline', 'pause', OFFLINE),
      resume: illegal('offline', 'resume', OFFLINE),
    },
  },
  {
    states: ['awaiting_agent', 'online', 'removed'],
    enter: enterRemoved,
    answers: {
      register: UNAUTHORIZED,
      heartbeat: UNAUTHORIZED,
      dispatch: illegal('removed', 'dispatch', []),
      pause: illegal('removed', 'pause', []),
      resume: illegal('removed', 'resume', []),
      delete: repeated,
    },
  },
];

for (const { states, enter, answers } of ROWS)
  test(`S1-35 verbs that ${states.at(-1)} does not allow change nothing`, async (ctx) => {
    ctx.plan(2_500); // a silent worker is noticed
    const external = await enter(ctx);
    await until(statesToBe(states, ctx.client, external.id), ctx.deadline);
    const before = await stateChanges(ctx.client, external.id);

    const given: Partial<Record<Verb, unknown>> = {};
    for (const verb of Object.keys(answers) as Verb[]) given[verb] = await answerTo(ctx, external, verb);

    expect(given).toEqual(answers);
    expect(await stateChanges(ctx.client, external.id)).toEqual(before);
    expect(await ctx.client.workers.get(external.id)).toMatchObject({ state: states.at(-1) });
  });

test('S1-35 a worker with work is removed only by force, which cancels it', async (ctx) => {
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
    ...{ status: 409, code: 'WORKER_PAUSED' },
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
    ...{ status: 409, code: 'WORKER_PAUSED' },
    body: { details: { path: '/id', hint: expect.stringContaining('resume') as string } },
  });

  expect(await countExecutions(ctx, action_ref)).toBe(0);
  expect((await stateChanges(client, id)).map(({ to }) => to)).toEqual(['provisioning', 'online', 'paused']);
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
    ...{ status: 422, code: 'WORKER_RUNTIME_MISMATCH' },
    body: { details: { path: '/action_ref', runtime: 'nodejs', needed: 'shell', hint: expect.any(String) as string } },
  });

  expect(await countExecutions(ctx, action_ref)).toBe(0);
});

type ManagedVerb = 'pause' | 'resume' | 'hibernate' | 'wake' | 'remove';

/** The state that a worker gets into, by which verbs, and the verbs that it refuses or repeats. */
const MANAGED_ROWS: readonly {
  readonly state: 'online' | 'paused' | 'hibernated' | 'removed';
  readonly by: readonly ManagedVerb[];
  readonly refused: readonly ManagedVerb[];
  readonly repeated: readonly ManagedVerb[];
  readonly allowed: readonly string[];
}[] = [
  {
    ...{ state: 'online', by: [], refused: [], repeated: ['resume', 'wake'] },
    allowed: ['dispatch', 'pause', 'hibernate', 'delete'],
  },
  {
    ...{ state: 'paused', by: ['pause'], refused: ['hibernate', 'wake'], repeated: ['pause'] },
    allowed: ['resume', 'delete'],
  },
  {
    ...{ state: 'hibernated', by: ['hibernate'], refused: ['pause', 'resume'], repeated: ['hibernate'] },
    allowed: ['dispatch', 'wake', 'delete'],
  },
  {
    ...{ state: 'removed', by: ['remove'], refused: ['pause', 'resume', 'hibernate', 'wake'], repeated: ['remove'] },
    allowed: [],
  },
];

for (const { state, by, refused, repeated, allowed } of MANAGED_ROWS)
  onManaged(`S1-35 verbs that a managed worker does not allow when ${state}`, async (ctx) => {
    const { client, deadline } = ctx;
    const id = await startManagedWorker(ctx);
    for (const verb of by) await client.tenantWorkers[verb](id);
    await until(workerToBe(state, client, id), deadline);
    const before = await stateChanges(client, id);

    for (const verb of refused)
      await expect(client.tenantWorkers[verb](id)).rejects.toMatchObject({
        ...{ status: 409, code: 'ILLEGAL_TRANSITION' },
        body: { details: { from: state, verb, allowed } },
      });
    for (const verb of repeated) expect((await client.tenantWorkers[verb](id)).changed).toBe(false);

    expect(await stateChanges(client, id)).toEqual(before);
    expect((await client.workers.get(id)).state).toBe(state);
  });

onManaged('S1-35 verbs that a managed worker does not allow when failed', async (ctx) => {
  const { client, deadline } = ctx;
  const action_ref = await createScript(ctx);
  const { id } = await createManagedWorker(ctx, { runtime: 'shell', provision_timeout_seconds: 0.05 });
  await until(statesToBe(['provisioning', 'failed'], client, id), deadline);
  const before = await stateChanges(client, id);

  const { pause, resume, hibernate, dispatch } = client.tenantWorkers;
  const refused = { pause, resume, hibernate, dispatch: () => dispatch(id, { action_ref }) };
  for (const [verb, call] of Object.entries(refused))
    await expect(call(id)).rejects.toMatchObject({
      ...{ status: 409, code: 'ILLEGAL_TRANSITION' },
      body: { details: { from: 'failed', verb, allowed: ['wake', 'delete'] } },
    });

  expect(await stateChanges(client, id)).toEqual(before);
  expect(before[1]).toMatchObject({ to: 'failed', cause: 'PROVISION_TIMEOUT' });
  expect(await countExecutions(ctx, action_ref)).toBe(0);
});
