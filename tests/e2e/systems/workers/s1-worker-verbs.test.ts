// Spec: the verbs of a worker do what its state allows; any other changes nothing and says so.
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { readOrEmpty, signalProcess } from '../../../../helpers/scenario/processes';
import {
  type ExternalAgent,
  createExternalAgent,
  createPollingAgent,
  stateChanges,
  statesToBe,
} from '../../support/workers/external-agent';
import { createManagedWorker, startManagedWorker } from '../../support/workers/managed-worker';
import { applyVerbs, enterPaused } from '../../support/workers/verb-changes';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTest, systemTestNeeding } from '../../support/system-test';
import { statesOf, type WorkerState } from '../../support/worker-states';

const test = systemTestNeeding('workers.external_poll', 'lifecycle');
const onManaged = systemTestNeeding('workers.managed', 'host.processes', 'lifecycle');

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
  status: 409,
  code: 'ILLEGAL_TRANSITION',
  from,
  verb,
  allowed,
});
const repeated = { changed: false };

/** The states up to this one, and what the verbs that change nothing in it are answered. */
interface StateRow {
  readonly states: readonly WorkerState[];
  enter(ctx: Context): Promise<ExternalAgent>;
  readonly answers: Partial<Record<Verb, unknown>>;
}

async function enterRemoved(ctx: Context): Promise<ExternalAgent> {
  const external = await createPollingAgent(ctx);
  await ctx.client.tenantWorkers.remove(external.id);
  return external;
}

const WAITING = ['register', 'delete'] as const;
const OFFLINE = ['heartbeat', 'dispatch', 'delete'] as const;
const UNAUTHORIZED = { status: 401, code: expect.any(String) as string };

const EXTERNAL_ROWS: readonly StateRow[] = [
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

for (const { states, enter, answers } of EXTERNAL_ROWS)
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

test('S1-35 a verb that its state allows leads an external worker to the next', async (ctx) => {
  ctx.plan(3_000); // silent workers are noticed

  const { found, expected } = await applyVerbs(ctx);

  expect(found).toEqual(expected);
});

/** Stops the process of a worker until the end of the test. */
async function freezeProcess({ client, defer }: Context, id: number): Promise<number> {
  const { pid } = await client.workers.get(id);
  signalProcess(pid!, 'SIGSTOP');
  defer(() => signalProcess(pid!, 'SIGCONT'));
  return pid!;
}

const SIGTERM_BIT = 1n << 14n;

/** The platform has sent SIGTERM to a frozen process, which cannot handle it. */
const stopToBeRequested = (pid: number) =>
  predicateToHold(`SIGTERM to be pending for process ${pid}`, () => {
    const [, pending = '0'] = /^ShdPnd:\s*([0-9a-f]+)/m.exec(readOrEmpty(`/proc/${pid}/status`)) ?? [];
    return Promise.resolve((BigInt(`0x${pending}`) & SIGTERM_BIT) !== 0n);
  });

/** It is provisioned again when its process has ended, which a frozen one does not. */
async function enterProvisioning(ctx: Context): Promise<number> {
  const id = await startManagedWorker(ctx);
  const pid = await freezeProcess(ctx, id);
  await ctx.client.tenantWorkers.pause(id);
  await until(stopToBeRequested(pid), ctx.deadline);
  await ctx.client.tenantWorkers.resume(id);
  return id;
}

async function enterOffline(ctx: Context): Promise<number> {
  const id = await startManagedWorker(ctx, { runtime: 'shell', heartbeat_timeout_seconds: 4 });
  await freezeProcess(ctx, id);
  return id;
}

const enterFailed = async (ctx: Context): Promise<number> =>
  (await createManagedWorker(ctx, { runtime: 'shell', provision_timeout_seconds: 0.05 })).id;

const enterBy =
  (...verbs: readonly ManagedVerb[]) =>
  async (ctx: Context): Promise<number> => {
    const id = await startManagedWorker(ctx);
    for (const verb of verbs) await ctx.client.tenantWorkers[verb](id);
    return id;
  };

type ManagedVerb = 'pause' | 'resume' | 'hibernate' | 'wake' | 'remove';

/** The states up to this one, and the verbs that it refuses or repeats. */
interface ManagedRow {
  readonly states: readonly WorkerState[];
  enter(ctx: Context): Promise<number>;
  readonly refused: readonly (ManagedVerb | 'dispatch')[];
  readonly repeated: readonly ManagedVerb[];
  readonly allowed: readonly string[];
}

const CREATED = ['provisioning', 'online'] as const;

const MANAGED_ROWS: readonly ManagedRow[] = [
  {
    states: [...CREATED, 'paused', 'provisioning'],
    enter: enterProvisioning,
    refused: ['pause', 'hibernate'],
    repeated: ['resume', 'wake'],
    allowed: ['dispatch', 'delete'],
  },
  {
    states: CREATED,
    enter: enterBy(),
    refused: [],
    repeated: ['resume', 'wake'],
    allowed: ['dispatch', 'pause', 'hibernate', 'delete'],
  },
  {
    states: [...CREATED, 'paused'],
    enter: enterBy('pause'),
    refused: ['hibernate', 'wake'],
    repeated: ['pause'],
    allowed: ['resume', 'delete'],
  },
  {
    states: [...CREATED, 'hibernated'],
    enter: enterBy('hibernate'),
    refused: ['pause', 'resume'],
    repeated: ['hibernate'],
    allowed: ['dispatch', 'wake', 'delete'],
  },
  {
    states: [...CREATED, 'offline'],
    enter: enterOffline,
    refused: ['pause', 'resume', 'hibernate', 'wake'],
    repeated: [],
    allowed: ['dispatch', 'delete'],
  },
  {
    states: ['provisioning', 'failed'],
    enter: enterFailed,
    refused: ['pause', 'resume', 'hibernate', 'dispatch'],
    repeated: [],
    allowed: ['wake', 'delete'],
  },
  {
    states: [...CREATED, 'removed'],
    enter: enterBy('remove'),
    refused: ['pause', 'resume', 'hibernate', 'wake', 'dispatch'],
    repeated: ['remove'],
    allowed: [],
  },
];

for (const { states, enter, refused, repeated, allowed } of MANAGED_ROWS)
  onManaged(`S1-35 verbs that a managed worker does not allow when ${states.at(-1)}`, async (ctx) => {
    ctx.plan(6_000); // a silent worker is noticed
    const { client, deadline } = ctx;
    const state = states.at(-1);
    const action_ref = await createScriptAction(ctx, await ctx.ownPack(), 'echo done');
    const id = await enter(ctx);
    await until(statesToBe(states, client, id), deadline);
    const before = await stateChanges(client, id);

    const { tenantWorkers } = client;
    for (const verb of refused) {
      const call = verb === 'dispatch' ? tenantWorkers.dispatch(id, { action_ref }) : tenantWorkers[verb](id);
      await expect(call).rejects.toMatchObject({
        status: 409,
        code: 'ILLEGAL_TRANSITION',
        body: { details: { from: state, verb, allowed } },
      });
    }
    for (const verb of repeated) expect((await tenantWorkers[verb](id)).changed).toBe(false);

    expect(await stateChanges(client, id)).toEqual(before);
    expect((await client.workers.get(id)).state).toBe(state);
    expect(await countExecutions(ctx, action_ref)).toBe(0);
  });

systemTest('S1-35 each state that a worker can have is in the tables', () => {
  const tested = (rows: readonly { readonly states: readonly WorkerState[] }[]) =>
    rows.map(({ states }) => states.at(-1)!).sort();

  expect(tested(EXTERNAL_ROWS)).toEqual(statesOf('external').sort());
  expect(tested(MANAGED_ROWS)).toEqual(statesOf('managed').sort());
  return Promise.resolve();
});
