// Spec: an execution with its logs is kept as its request says, else as its action does.
import { claim, type TimeContext } from '../../../helpers/scenario/claim';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { executionAgeSeconds, removeExpired, untilRemoved } from '../support/expired-executions';

const SECONDS = { minutes: 60, hours: 3_600, days: 86_400 } as const;
type Unit = keyof typeof SECONDS;
type Kept = readonly [policy: Unit | 'versions', limit: number];

/** What an action and a request say; how many executions there are, and how many stay. */
interface Row {
  readonly action?: Kept;
  readonly request?: Kept;
  readonly runs?: number;
  readonly stay: number;
}

/** Executions that expire after so many seconds. */
function rowsOf(ageSeconds: number): Readonly<Record<string, Row>> {
  const longer = (unit: Unit): Kept => [unit, Math.ceil((2 * ageSeconds) / SECONDS[unit])];
  const shorter = (unit: Unit): Kept => [unit, 1];
  const units = Object.keys(SECONDS) as Unit[];
  return {
    'neither says it': { stay: 0 },
    ...Object.fromEntries(
      units.flatMap((unit): [string, Row][] => [
        [`longer ${unit} of the action`, { action: longer(unit), stay: 1 }],
        [`longer ${unit} of the request`, { request: longer(unit), stay: 1 }],
        [`shorter ${unit} of the request`, { request: shorter(unit), action: longer('days'), stay: 0 }],
        [`longer ${unit} than the action`, { request: longer(unit), action: shorter('hours'), stay: 1 }],
      ]),
    ),
    'the newest of the action': { action: ['versions', 1], runs: 2, stay: 1 },
    'the two newest of the request': { request: ['versions', 2], action: ['versions', 1], runs: 3, stay: 2 },
  };
}

/** Runs an action of its own. Returns the ids of its executions, oldest first. */
async function runAll(ctx: TimeContext, pack_ref: string, name: string, { action, request, runs = 1 }: Row) {
  const ref = `${pack_ref}.${name.replaceAll(' ', '-')}`;
  const program = { ref, pack_ref, label: name, runtime_ref: 'core.shell', entrypoint: 'true' };
  const ofAction = action && { log_retention_policy: action[0], log_retention_limit: action[1] };
  const ofRequest = request && { artifact_retention_policy: request[0], artifact_retention_limit: request[1] };
  await ctx.client.actions.create({ ...program, ...ofAction });
  const ids: number[] = [];
  for (let n = 0; n < runs; n++) ids.push((await runAction(ctx, ref, ofRequest)).id);
  return ids;
}

const NEEDS = ['retention.passes', 'clock.virtual'];

claim.time('T3.36g', NEEDS, 'an execution is kept as its request says, else its action', async (ctx) => {
  const pack_ref = await ctx.ownPack();
  const rows = Object.entries(rowsOf(await executionAgeSeconds()));
  const runs = await Promise.all(
    rows.map(async ([name, row]) => [name, await runAll(ctx, pack_ref, name, row), row.stay] as const),
  );
  const removed = runs.flatMap(([, ids, stay]) => ids.slice(0, ids.length - stay));

  await removeExpired(ctx, removed);

  const left = new Set((await ctx.client.executions.list({})).map(({ id }) => id));
  const found = runs.map(([name, ids]) => [name, ids.filter((id) => left.has(id))]);
  const expected = runs.map(([name, ids, stay]) => [name, ids.slice(ids.length - stay)]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

/** Whether an execution has an inquiry, and whether it was answered. */
const INQUIRIES = { none: null, pending: false, answered: true } as const;

claim.time('T3.36i', NEEDS, 'an execution is kept until its inquiries have expired', async (ctx) => {
  const { inquiries } = ctx.client;
  const rows = Object.entries(INQUIRIES);
  const ids = await Promise.all(rows.map(async () => (await runAction(ctx, 'core.noop')).id));
  const age = await executionAgeSeconds();
  await ctx.time.pass(20);
  for (const [n, [, isAnswered]] of rows.entries()) {
    const inquiry = isAnswered === null ? null : await inquiries.create({ execution: ids[n]!, prompt: 'on?' });
    if (inquiry && isAnswered) await inquiries.respond(inquiry.id, 1);
  }

  await ctx.time.pass(age - 10);
  await untilRemoved(ctx, [ids[0]!]);

  const left = new Set((await ctx.client.executions.list({})).map(({ id }) => id));
  expect(ids.map((id) => left.has(id))).toEqual([false, true, true]);
});
