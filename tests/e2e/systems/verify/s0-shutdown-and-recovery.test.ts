// Spec: what a platform runs when it stops or is killed either ends in time or runs again later.
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { runCommand } from '../../support/commands/command-line';
import { RestartablePlatform } from '../../support/commands/restartable-platform';
import { systemTestNeeding } from '../../support/system-test';
import { errorSummary, sendRawRequest } from '../../support/raw-request';

const test = systemTestNeeding('host.processes');

const LIMIT_SECONDS = 90;
/** Of the leases of attempts and workflows: a restarted platform waits for them. */
const LEASE = { PLATFORM_LEASE_SECONDS: '5' };

const writeWord = (file: string, word: string) => `echo ${word} >> "$ATTUNE_ARTIFACTS_DIR/${file}"`;
/** Runs on when it receives SIGTERM. */
const IGNORE_TERM = `trap '' TERM`;
const HOLD = 'while :; do sleep 0.1; done';

/** Creates a pack with an action for each script. Returns their refs, by name. */
async function createScripts<T extends string>(
  ctx: Context,
  { client }: RestartablePlatform,
  scripts: Record<T, string>,
) {
  const pack = ctx.name('pack').replaceAll('-', '_');
  await client.packs.create({ ref: pack, label: 'scripts', version: '1.0.0' });
  const refs = {} as Record<T, string>;
  for (const [name, entrypoint] of Object.entries(scripts) as [T, string][]) {
    refs[name] = `${pack}.${name}`;
    const action = { ref: refs[name], pack_ref: pack, label: name, runtime_ref: 'core.shell', entrypoint };
    await client.actions.create(action);
  }
  return refs;
}

const stop = (ctx: Context, { port }: RestartablePlatform) => runCommand(ctx, ['down', '--port', port]);

test('S0-30 work that fits in the grace ends before the platform', LIMIT_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, { PLATFORM_SHUTDOWN_GRACE_SECONDS: '20' });
  const { work } = await createScripts(ctx, platform, {
    work: [writeWord('work', 'start'), 'sleep 1.5', writeWord('work', 'end')].join('\n'),
  });
  const { id } = await platform.client.executions.execute({ action_ref: work });
  await platform.waitForWords('work', 1);

  const { code } = await stop(ctx, platform);

  expect({ code, words: platform.wordsOf('work') }).toEqual({ code: 0, words: ['start', 'end'] });
  await platform.boot();
  const { termination_reason, ...execution } = await platform.client.executions.get(id);
  expect(execution).toMatchObject({ status: 'completed', finished_at: expect.any(String) as string });
  expect(termination_reason).toBeUndefined();
});

test('S0-31 work that does not fit in the grace is stopped and suspended', LIMIT_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, {
    PLATFORM_SHUTDOWN_GRACE_SECONDS: '1',
    PLATFORM_KILL_GRACE_SECONDS: '10',
  });
  const { long, stubborn } = await createScripts(ctx, platform, {
    long: [writeWord('long', 'start'), 'sleep 300'].join('\n'),
    stubborn: [IGNORE_TERM, writeWord('stubborn', 'start'), HOLD].join('\n'),
  });
  const { id } = await platform.client.executions.execute({ action_ref: long });
  await platform.client.executions.execute({ action_ref: stubborn }); // while it ends, the API responds
  await Promise.all(['long', 'stubborn'].map((file) => platform.waitForWords(file, 1)));
  const startedAt = performance.now();

  const stopping = stop(ctx, platform);
  const suspended = await until(executionToBe('suspended', platform.client, id), ctx.deadline);
  const { code } = await stopping;

  expect(suspended).toMatchObject({ termination_reason: 'shutdown_requested', finished_at: null });
  expect(code).toBe(0);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  expect(platform.processesOf(id)).toEqual([]);
});

/** Writes a word a step; the first attempt of the second one runs until it is killed. */
async function startTwoSteps(ctx: Context, platform: RestartablePlatform): Promise<number> {
  const { one, two } = await createScripts(ctx, platform, {
    one: writeWord('one', '$PLATFORM_ATTEMPT'),
    two: [writeWord('two', '$PLATFORM_ATTEMPT'), '[ "$PLATFORM_ATTEMPT" != 1 ] || sleep 300'].join('\n'),
  });
  const [pack] = one.split('.') as [string];
  const tasks = [
    { name: 'one', action: one, next: [{ when: '{{ succeeded() }}', do: ['two'] }] },
    { name: 'two', action: two },
  ];
  const parts = { ref: `${pack}.flow`, pack_ref: pack, label: 'flow', version: '1.0.0' };
  await platform.client.workflows.create({ ...parts, definition: { version: '1.0.0', tasks } });
  const { id } = await platform.client.executions.execute({ action_ref: parts.ref });
  await platform.waitForWords('two', 1);
  return id;
}

/** A platform that has suspended a run of `startTwoSteps`, and has stopped. */
async function suspendTwoSteps(ctx: Context) {
  const platform = await RestartablePlatform.start(ctx, { ...LEASE, PLATFORM_SHUTDOWN_GRACE_SECONDS: '0.2' });
  const id = await startTwoSteps(ctx, platform);
  await stop(ctx, platform);
  return { platform, id };
}

const STEP_ENTRIES = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];
const STARTED_TWO = ['EXECUTION_STARTED', ...STEP_ENTRIES, 'STEP_STARTED', 'AGENT_INVOKED'];
const ENDED = ['AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED', 'EXECUTION_COMPLETED'];

/** Waits for the end of a run of `startTwoSteps`. Returns its log and the words of its steps. */
async function finishTwoSteps(ctx: Context, platform: RestartablePlatform, id: number) {
  const log = await until(logToEnd(platform.client, id), ctx.deadline);
  const { status } = await platform.client.executions.get(id);
  return {
    status,
    types: log.map(({ type }) => type),
    recovered: log.filter(({ type }) => type === 'EXECUTION_RECOVERED').map(({ payload }) => payload),
    words: [platform.wordsOf('one'), platform.wordsOf('two')],
  };
}

test('S0-32 a suspended run goes on by itself and keeps what has ended', LIMIT_SECONDS, async (ctx) => {
  const { platform, id } = await suspendTwoSteps(ctx);

  await platform.boot();

  expect(await finishTwoSteps(ctx, platform, id)).toEqual({
    status: 'completed',
    types: [...STARTED_TWO, 'EXECUTION_SUSPENDED', 'EXECUTION_RECOVERED', ...ENDED],
    recovered: [{ from: 'suspended', attempt: 1, reason: 'shutdown_requested' }],
    words: [['1'], ['1', '2']],
  });
});

test('S0-32 without recovery a suspended run is abandoned at the next start', LIMIT_SECONDS, async (ctx) => {
  const { platform, id } = await suspendTwoSteps(ctx);

  await platform.boot({ PLATFORM_RECOVERY: 'off' });

  const { status, recovered, words } = await finishTwoSteps(ctx, platform, id);
  expect({ status, recovered, words }).toEqual({ status: 'failed', recovered: [], words: [['1'], ['1']] });
  const { executions } = platform.client;
  const [one, two] = await executions.children(id);
  const { result, ...ended } = await executions.get(two!.id);
  expect([one!.status, ended]).toMatchObject([
    'completed',
    { status: 'abandoned', termination_reason: 'shutdown_requested', finished_at: expect.any(String) as string },
  ]);
  expect(result).toMatchObject({ original_status: 'suspended', recoveries: 0 });
  expect(result).not.toHaveProperty('code');
});

test('S0-33 a run of a killed platform goes on after the next start', LIMIT_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, LEASE);
  const id = await startTwoSteps(ctx, platform);

  await platform.end('SIGKILL');
  await platform.boot();

  expect(await finishTwoSteps(ctx, platform, id)).toEqual({
    status: 'completed',
    types: [...STARTED_TWO, 'EXECUTION_RECOVERED', ...ENDED],
    recovered: [{ from: 'running', attempt: 1, reason: 'crashed' }],
    words: [['1'], ['1', '2']],
  });
});

test('S0-35 a platform that stops accepts no new work', LIMIT_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, { PLATFORM_SHUTDOWN_GRACE_SECONDS: '15' });
  const { client } = platform;
  const { long } = await createScripts(ctx, platform, { long: [writeWord('long', 'start'), HOLD].join('\n') });
  const { id } = await client.executions.execute({ action_ref: long });
  await platform.waitForWords('long', 1);
  const before = await client.health.identity();

  const stopping = stop(ctx, platform);
  const isDraining = async () => (await client.health.identity()).draining;
  await until(predicateToHold('the platform to drain', isDraining), ctx.deadline);

  expect(before.draining).toBe(false);
  const rejected = await sendRawRequest(platform, {
    method: 'POST',
    path: '/api/v1/executions/execute',
    token: platform.token,
    body: { action_ref: long },
  });
  expect(errorSummary(rejected)).toEqual([503, 'DRAINING', 'DRAINING']);
  expect(rejected.headers['retry-after']).toBe('3');
  await expect(client.health.ready()).rejects.toMatchObject({ status: 503 });
  expect((await client.executions.list({ action_ref: long })).map((execution) => execution.id)).toEqual([id]);
  expect((await stopping).code).toBe(0);
});
