// Spec: SIGTERM lets what runs end with its result, and what waits runs after the next start.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { createLedgerActions, entriesOf, inputOf, openGate, programsTo } from '../support/ledger-actions';

/** One at a time; longer than any program runs. */
const SETTINGS = { PLATFORM_WORKER_SLOTS: '1', PLATFORM_SHUTDOWN_GRACE_SECONDS: '60' };
const QUEUED = ['one', 'two', 'three'];
const ALL = ['running', ...QUEUED];

/** Starts one execution and lets three wait for its slot. Returns their ids, in this order. */
async function fillQueue(ctx: Context, { client }: RestartablePlatform): Promise<number[]> {
  const pack = await createLedgerActions(ctx, client);
  const execute = async (action: string, label: string) =>
    (await client.executions.execute({ action_ref: `${pack}.${action}`, parameters: inputOf(ctx, label) })).id;
  const ids = [await execute('hold', 'running')];
  await programsTo(ctx, 'running', 'start', 1);
  for (const label of QUEUED) ids.push(await execute('append', label));
  return ids;
}

/** Which executions have started a program with each label. */
const starts = (ctx: Context): number[][] =>
  ALL.map((label) => entriesOf(ctx, label, 'start').map(({ execution }) => execution));

const NEEDS = ['process', 'host.processes'];

/** Sends SIGTERM, lets what runs end once the platform drains, and returns what that left. */
async function terminate(ctx: Context, platform: RestartablePlatform) {
  const ended = platform.terminate();
  const isDraining = async () => (await platform.client.health.identity()).draining;
  await until(predicateToHold('the platform to drain', isDraining), ctx.deadline);
  openGate(ctx, 'running');
  return { end: await ended, left: platform.leftovers(), starts: starts(ctx) };
}

/** These executions have completed, no other exists, and each has started its program once. */
async function expectEachOnce(ctx: Context, { client }: RestartablePlatform, ids: readonly number[]): Promise<void> {
  for (const id of ids) await until(executionToBe('completed', client, id), ctx.deadline);
  const last = executionToBe('completed', client, ids.at(-1)!);
  const once = ids.map((id) => [id]);
  await stays(() => starts(ctx), once, last, ctx.quietMs, ctx.deadline);
  expect(ALL.map((label) => entriesOf(ctx, label, 'end').length)).toEqual([1, 1, 1, 1]);
  const all = (await client.executions.list({})).map(({ id, status }) => [id, status]);
  expect(all.sort()).toEqual(ids.map((id) => [id, 'completed']).sort());
}

claim('T3.30a', NEEDS, 'what runs at SIGTERM ends, and what waits runs after the next start', async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, { ...SETTINGS, PLATFORM_ACTION_PATHS: ctx.facts.directory });
  const ids = await fillQueue(ctx, platform);
  const running = ids[0]!;

  const shutdown = await terminate(ctx, platform);
  await platform.boot();

  const end = { code: null, signal: 'SIGTERM' };
  expect(shutdown).toEqual({ end, left: [], starts: [[running], [], [], []] });
  const record = await platform.client.executions.get(running);
  expect(record).toMatchObject({ status: 'completed', result: { exit_code: 0 } });
  await expectEachOnce(ctx, platform, ids);
});
