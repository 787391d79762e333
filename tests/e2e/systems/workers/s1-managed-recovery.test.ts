// Spec: what a worker has is neither lost nor run twice when its process or its platform ends.
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { reservePair, RestartablePlatform } from '../../support/commands/restartable-platform';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { stateChanges, statesToBe } from '../../support/workers/external-agent';
import { workerToBe } from '../../support/workers/managed-worker';
import { createScratchDatabase } from '../../support/scratch-database';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.managed', 'host.processes', 'lifecycle');

const LIMIT_SECONDS = 90;
const LEASE = { PLATFORM_LEASE_SECONDS: '5' };
/** It is not offline before its platform has started again. */
const SILENT = { heartbeat_timeout_seconds: 60 };

async function createScript(
  ctx: Context,
  { client }: RestartablePlatform,
  name: string,
  entrypoint: string,
): Promise<string> {
  const pack = ctx.name(name).replaceAll('-', '_');
  await client.packs.create({ ref: pack, label: name, version: '1.0.0' });
  const ref = `${pack}.${name}`;
  await client.actions.create({ ref, pack_ref: pack, label: name, runtime_ref: 'core.shell', entrypoint });
  return ref;
}

const writeWord = 'echo $PLATFORM_ATTEMPT >> "$ATTUNE_ARTIFACTS_DIR/work"';
/** The first attempt runs until it is killed. */
const HOLD_FIRST = `${writeWord}\n[ "$PLATFORM_ATTEMPT" != 1 ] || sleep 300`;
/** The limit of the specification. */
const RESTARTED_SECONDS = 15;

const recoveries = async ({ client }: RestartablePlatform, id: number, deadline: number) =>
  (await until(logToEnd(client, id), deadline))
    .filter(({ type }) => type === 'EXECUTION_RECOVERED')
    .map(({ payload }) => payload);

/** Starts an execution on the second of two workers, and frees the first one. Returns its id. */
async function startOnSecond(ctx: Context, platform: RestartablePlatform): Promise<number> {
  const { client } = platform;
  const wait = await createScript(ctx, platform, 'wait', 'until [ -e "$ATTUNE_ARTIFACTS_DIR/go" ]; do sleep 0.1; done');
  const action_ref = await createScript(ctx, platform, 'hold', HOLD_FIRST);
  const { id: waiting } = await client.executions.execute({ action_ref: wait });
  await until(executionToBe('running', client, waiting), ctx.deadline);
  const { id } = await client.executions.execute({ action_ref });
  await platform.waitForWords('work', 1);
  platform.writeFile('go');
  await until(executionToBe('completed', client, waiting), ctx.deadline);
  return id;
}

test('S1-36 the run of a killed worker goes on with another one', LIMIT_SECONDS, async (ctx) => {
  await reservePair(ctx);
  const platform = await RestartablePlatform.start(ctx, { PLATFORM_WORKERS: '2' });
  const { client } = platform;
  const id = await startOnSecond(ctx, platform);
  const { worker: first } = await client.executions.get(id);

  platform.killWorkerOf(id);
  const killedAt = performance.now();
  await until(workerToBe('offline', client, first!), ctx.deadline);
  await platform.waitForWords('work', 2);

  ctx.expectAtMost(RESTARTED_SECONDS, (performance.now() - killedAt) / 1_000);
  const { worker } = await until(executionToBe('completed', client, id), ctx.deadline);
  expect(worker).not.toBe(first);
  expect(platform.wordsOf('work')).toEqual(['1', '2']);
  const [recovery, ...others] = await recoveries(platform, id, ctx.deadline);
  expect([recovery, others]).toEqual([{ from: 'running', attempt: 1, reason: 'crashed' }, []]);
});

test('S1-36 without recovery the run of a killed worker is abandoned', LIMIT_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, { PLATFORM_WORKERS: '2', PLATFORM_RECOVERY: 'off' });
  const id = await startOnSecond(ctx, platform);

  platform.killWorkerOf(id);

  const abandoned = await until(executionToBe('abandoned', platform.client, id), ctx.deadline);
  expect(abandoned.termination_reason).toBe('crashed');
  expect(platform.wordsOf('work')).toEqual(['1']);
});

test('S1-36 the run of a killed platform goes on with another one', LIMIT_SECONDS, async (ctx) => {
  const { url } = await createScratchDatabase(ctx);
  const first = await RestartablePlatform.start(ctx, { DATABASE_URL: url, ...LEASE });
  const second = await first.startBeside();
  const { client } = second;
  const action_ref = await createScript(ctx, first, 'hold', HOLD_FIRST);
  const { id } = await first.client.executions.execute({ action_ref });
  await first.waitForWords('work', 1);
  const { worker } = await client.executions.get(id);

  await first.end('SIGKILL');
  const killedAt = performance.now();
  await second.waitForWords('work', 1);

  ctx.expectAtMost(RESTARTED_SECONDS, (performance.now() - killedAt) / 1_000);
  expect([first.wordsOf('work'), second.wordsOf('work')]).toEqual([['1'], ['2']]);
  expect((await until(executionToBe('completed', client, id), ctx.deadline)).worker).not.toBe(worker);
  expect((await client.workers.get(worker!)).state).toBe('offline');
  expect(await recoveries(second, id, ctx.deadline)).toEqual([{ from: 'running', attempt: 1, reason: 'crashed' }]);
});

test('S1-36 the next start of a killed platform provisions its workers again', LIMIT_SECONDS, async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, LEASE);
  const action_ref = await createScript(ctx, platform, 'done', 'echo done');
  const { id } = await platform.client.tenantWorkers.create({ ...SILENT, kind: 'managed', runtime: 'shell' });
  await until(workerToBe('online', platform.client, id), ctx.deadline);

  await platform.end('SIGKILL');
  await platform.boot();
  await until(statesToBe(['provisioning', 'online', 'provisioning', 'online'], platform.client, id), ctx.deadline);

  const { execution_id } = await platform.client.tenantWorkers.dispatch(id, { action_ref });
  const ended = await until(executionToBe('completed', platform.client, execution_id), ctx.deadline);
  expect(ended.worker).toBe(id);
  expect((await stateChanges(platform.client, id)).map(({ cause }) => cause)).toEqual([
    ...['create', 'heartbeat', 'adopted', 'heartbeat'],
  ]);
});
