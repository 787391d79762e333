// Spec: SIGTERM lets what runs end with its result, and what waits runs after the next start.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { KeptPlatform } from '../support/commands/kept-platform';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { createLedgerActions, entriesOf, inputOf, openGate, programsTo } from '../support/ledger-actions';

/** One at a time; longer than any program runs. */
const SETTINGS = { PLATFORM_WORKER_SLOTS: '1', PLATFORM_SHUTDOWN_GRACE_SECONDS: '60' };
const QUEUED = ['one', 'two', 'three'];
const ALL = ['running', ...QUEUED];

/** Starts one execution and lets three wait for its slot. Returns their ids, in this order. */
async function fillQueue(ctx: Context, { client }: KeptPlatform): Promise<number[]> {
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

claim('T3.30a', NEEDS, 'what runs at SIGTERM ends, and what waits runs after the next start', async (ctx) => {
  const platform = await KeptPlatform.start(ctx, { ...SETTINGS, PLATFORM_ACTION_PATHS: ctx.facts.directory });
  const ids = await fillQueue(ctx, platform);
  const [running, ...queued] = ids as [number, ...number[]];

  const ended = platform.terminate();
  const isDraining = async () => (await platform.client.health.identity()).draining;
  await until(predicateToHold('the platform to drain', isDraining), ctx.deadline);
  openGate(ctx, 'running');
  const end = await ended;
  const [left, startedBefore] = [platform.leftovers(), starts(ctx)];
  await platform.boot();

  expect({ end, left }).toEqual({ end: { code: null, signal: 'SIGTERM' }, left: [] });
  expect(startedBefore).toEqual([[running], [], [], []]);
  const { executions } = platform.client;
  expect(await executions.get(running)).toMatchObject({ status: 'completed', result: { exit_code: 0 } });
  for (const id of queued) await until(executionToBe('completed', platform.client, id), ctx.deadline);
  const last = executionToBe('completed', platform.client, queued.at(-1)!);
  await stays(
    () => starts(ctx),
    ids.map((id) => [id]),
    last,
    ctx.quietMs,
    ctx.deadline,
  );
  expect(ALL.map((label) => entriesOf(ctx, label, 'end').length)).toEqual([1, 1, 1, 1]);
  const all = (await executions.list({})).map(({ id, status }) => [id, status]);
  expect(all.sort()).toEqual(ids.map((id) => [id, 'completed']).sort());
});
