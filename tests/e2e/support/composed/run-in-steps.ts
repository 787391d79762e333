import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ApiError, WaitError } from '../../../../helpers/errors';
import { formatInstant, parseInstant } from '../../../../helpers/instant';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import type { TimeContext } from '../../../../helpers/scenario/context';
import { until, type Condition } from '../../../../helpers/scenario/polling';
import type { Client } from '../../../../helpers/client/client';
import type { Pause, Round } from '../model/expectation';
import { execute, type RunningCase } from './run-case';
import { descendantsByPath } from './state-to-be';

/** Requests at the same time. */
const WIDTH = 8;

/** Less than the time between two instants of the cases, seconds. */
const SHORTEST_SECONDS = 0.001;

/** A case that has been started. */
interface StartedCase extends RunningCase {
  readonly id: number;
  /** Pauses that are over. */
  passed: number;
}

/** The instant 0 of all cases, and how far the clock has been moved. */
interface StepClock {
  readonly start: string;
  seconds: number;
}

export interface Ran {
  readonly ids: readonly number[];
  /** When they were created, RFC 3339. */
  readonly start: string;
  /** Of a state that was not reached: the record shows why. */
  readonly waitError: Error | null;
}

const isStuck = (error: unknown): error is Error =>
  error instanceof WaitError || (error instanceof ApiError && error.code === 'CLOCK_BUSY');

/**
 * Runs cases at the same virtual time: the clock moves only when each of them waits for it, and
 * then to the next instant at which something is due in one of them.
 */
export async function runInSteps(ctx: TimeContext, cases: readonly RunningCase[], deadline: number): Promise<Ran> {
  const start = await ctx.time.now();
  const running = await mapConcurrently(cases, WIDTH, async (each): Promise<StartedCase> => ({
    ...each,
    id: await execute(ctx.client, each.modelCase),
    passed: 0,
  }));
  const ids = running.map(({ id }) => id);
  try {
    const clock = { start, seconds: 0 };
    while (await step(ctx, running, clock, deadline));
    return { ids, start, waitError: null };
  } catch (error) {
    if (isStuck(error)) return { ids, start, waitError: error };
    throw error;
  }
}

const currentPause = ({ expectation, passed }: StartedCase): Pause | undefined => expectation.pauses[passed];

/** Returns false once all cases have ended. */
async function step(
  ctx: TimeContext,
  cases: readonly StartedCase[],
  clock: StepClock,
  deadline: number,
): Promise<boolean> {
  const acting = cases.filter((each) => currentPause(each)?.round);
  const held = sumOf(cases, ({ running }) => running);
  if (held > 0 || acting.length > 0) await waitForPauses(ctx, cases, held, deadline);
  if (acting.length > 0) {
    await mapConcurrently(acting, WIDTH, (each) => act(ctx, each));
    acting.forEach((each) => (each.passed += 1));
    return true;
  }
  const waiting = cases.filter(currentPause);
  if (waiting.length === 0) return false;
  const next = Math.min(...waiting.map(held > 0 ? endOfPause : nextStop));
  const moveTo = async (seconds: number, settle: boolean) => {
    clock.seconds = Math.max(clock.seconds, seconds);
    await ctx.time.passTo(formatInstant(parseInstant(clock.start) + clock.seconds * 1_000), { settle });
  };
  if (held === 0) await moveTo(next - SHORTEST_SECONDS, true);
  for (const each of waiting) while (isTimed(currentPause(each)) && endOfPause(each) <= next) each.passed += 1;
  await moveTo(next, sumOf(cases, ({ running }) => running) + held === 0);
  return true;
}

/** Whether time alone ends a pause. */
const isTimed = (pause: Pause | undefined): boolean => pause?.round === null;

/** When a pause without an act is over, seconds since the start. */
const endOfPause = ({ expectation, passed }: StartedCase): number =>
  expectation.pauses[passed + 1]?.at ?? expectation.finished;

/** Until then, each instant of a case passes with nothing in flight, and without an act. */
const nextStop = ({ expectation, passed }: StartedCase): number =>
  expectation.pauses.slice(passed).find(({ round, running }) => round !== null || running > 0)?.at ??
  expectation.finished;

const sumOf = (cases: readonly StartedCase[], value: (pause: Pause) => number): number =>
  cases.reduce((sum, each) => sum + value(currentPause(each) ?? endOf(each)), 0);

const endOf = ({ expectation }: StartedCase): Pause => ({
  at: expectation.finished,
  running: 0,
  sleeping: 0,
  starts: expectation.processes,
  round: null,
});

/** In which a program that is to end has ended, also on a busy host, ms. */
const UNCHANGED_MS = 20_000;

/** What has started, and what the clock of the tenant waits for. */
interface Counts {
  readonly starts: number;
  readonly sleeping: number;
  readonly due: number;
  readonly inFlight: number;
}

/** Nothing is in flight but the programs that wait. */
async function waitForPauses(
  ctx: TimeContext,
  cases: readonly StartedCase[],
  held: number,
  deadline: number,
): Promise<void> {
  if (held === 0) return ctx.time.pass(0);
  const starts = sumOf(cases, (pause) => pause.starts);
  const sleeping = sumOf(cases, (pause) => pause.sleeping);
  await until(
    countsToBe({ starts, sleeping, due: 0, inFlight: held }, () => readCounts(ctx, cases)),
    deadline,
  );
}

async function readCounts(ctx: TimeContext, cases: readonly StartedCase[]): Promise<Counts> {
  const [starts, sleeping] = [startCount(ctx, cases), await sleepingCount(ctx)];
  const { due, in_flight: inFlight } = await ctx.client.clock.get();
  return { starts, sleeping, due, inFlight };
}

/**
 * Impossible once all programs have started, nothing is due, and the counts have not changed for
 * `UNCHANGED_MS`: then the programs in flight wait for more than the model says.
 */
export function countsToBe(
  expected: Counts,
  read: () => Promise<Counts>,
  now: () => number = () => performance.now(),
): Condition<true> {
  let last: Counts | null = null;
  let changedAt = now();
  return {
    name: `only ${expected.inFlight} programs to run, of ${expected.starts} processes`,
    check: async () => {
      const counts = await read();
      if (isDeepStrictEqual(counts, expected)) return { is: 'met', value: true };
      if (!isDeepStrictEqual(counts, last)) changedAt = now();
      last = counts;
      const why = `${counts.inFlight} run, of ${counts.starts} processes, and ${counts.due} are due`;
      const isStill = counts.starts >= expected.starts && counts.due === 0 && now() - changedAt >= UNCHANGED_MS;
      return isStill
        ? { is: 'impossible', why: `${why}, without a change for ${UNCHANGED_MS / 1_000} s` }
        : { is: 'pending', why };
    },
  };
}

/** Processes that have started, and have printed what they print. */
function startCount({ ledger }: TimeContext, cases: readonly StartedCase[]): number {
  const prefixes = cases.map(({ keyPrefix }) => keyPrefix);
  return ledger.entries(undefined, 'beat').filter(({ key }) => prefixes.some((prefix) => key.startsWith(prefix)))
    .length;
}

/** Those that sleep print nothing: one that is still scheduled is in flight as well. */
const sleepingCount = async ({ client }: TimeContext): Promise<number> =>
  (await client.executions.list({ action_ref: 'core.sleep', status: 'running' })).length;

async function act({ client }: TimeContext, { id, expectation, passed, gate }: StartedCase): Promise<void> {
  const { then, responses } = expectation.pauses[passed]!.round!;
  if (then === 'cancel') await client.executions.cancel(id);
  if (then === 'pause') await client.executions.pause(id);
  if (then === 'resume') await client.executions.resume(id);
  if (then === 'open gate') writeFileSync(gate, '');
  if (then === 'respond') await respond(client, id, responses);
}

/** `responses`: by the path of the child that has the inquiry. */
async function respond(client: Client, id: number, responses: Round['responses']): Promise<void> {
  const ids = new Map(descendantsByPath(await client.executions.tree(id)).map(([path, node]) => [path, node.id]));
  for (const [path, response] of Object.entries(responses)) {
    const execution = ids.get(path); // undefined: the record shows that there is none
    const [inquiry] = execution === undefined ? [] : await client.inquiries.ofExecution(execution);
    if (inquiry) await client.inquiries.respond(inquiry.id, response);
  }
}
