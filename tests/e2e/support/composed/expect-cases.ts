import { mapConcurrently } from '../../../../helpers/in-parallel';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { TimeContext } from '../../../../helpers/scenario/context';
import { executionTree } from '../../../../helpers/scenario/evidence/executions';
import { stays } from '../../../../helpers/scenario/polling';
import { commandOf, describe, differenceBetween } from './difference';
import { differencesInSteps } from './expect-record';
import { observeRun } from './observe';
import {
  isRecordExact,
  prepareCase,
  processCount,
  shortSecondsOf,
  type PlannedCase,
  type PreparedCase,
} from './prepare-case';
import { runCase, type RunningCase } from './run-case';

/** Cases at the same time: more only make each other, and other files, slower. */
const MAX_WIDTH = 4;

/** Of the time of a claim, kept for the observation of cases that do not end, ms. */
const REPORT_RESERVE_MS = 5_000;
/** In which a case ends on an idle host, beside the limits that it waits for, ms. */
const CASE_LIMIT_MS = 20_000;
/** Limits that a case waits for, one after the other: two batches of items, each with a retry. */
const LIMITS_PER_CASE = 4;
/** What a case adds to the time of its claim on an idle host, ms. */
const CASE_PLAN_MS = 2_000;

/**
 * Runs the cases, and compares what is observed of each with what the model predicts. Nothing more
 * may run after the end. `claim`: the claim, for the command that repeats a case.
 */
export async function expectCases(ctx: TimeContext, claim: string, cases: readonly PlannedCase[]): Promise<void> {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const prepared = cases.map((planned) => prepareCase(ctx, pack, planned));
  ctx.plan(shortSecondsOf(ctx) * 1_000 + CASE_PLAN_MS * cases.length * ctx.facts.loadFactor + limitMsOf(ctx));
  const differencesOf = isRecordExact(ctx) ? differencesInSteps : differencesOneByOne;
  const differences = await differencesOf(ctx, prepared, ctx.deadline - REPORT_RESERVE_MS);
  const [first] = differences.keys();
  const smaller = await first?.planned.shrink?.(
    async (planned) => {
      const one = prepareCase(ctx, pack, planned);
      const found = (await differencesOf(ctx, [one], ctx.deadline - REPORT_RESERVE_MS)).get(one);
      return found ? new Error(describe(found, one, claim), { cause: found.cause }) : null;
    },
    ctx.deadline - 2 * REPORT_RESERVE_MS,
  );
  if (!first) return;
  const difference = differences.get(first)!;
  const error = smaller ?? new Error(describe(difference, first, claim), { cause: difference.cause });
  const others = [...differences.keys()].slice(smaller ? 0 : 1).map((each) => `so does: ${commandOf(each, claim)}`);
  throw new Error([error.message, ...others.slice(0, MOST_OTHERS)].join('\n'), { cause: error.cause });
}

/** Of the other cases that differ, only so many are named. */
const MOST_OTHERS = 3;

const limitMsOf = (ctx: TimeContext): number =>
  CASE_LIMIT_MS * ctx.facts.loadFactor + LIMITS_PER_CASE * shortSecondsOf(ctx) * 1_000;

/** The differences of the first cases that have one: after them no other case starts. */
async function differencesOneByOne(
  ctx: TimeContext,
  cases: readonly PreparedCase[],
): Promise<Map<PreparedCase, Error>> {
  const failures = new Map<PreparedCase, Error>();
  await mapConcurrently(cases, widthOf(ctx, cases), async (each) => {
    const failure = failures.size > 0 ? null : await differenceOf(ctx, each);
    if (failure) failures.set(each, failure);
  });
  if (failures.size > 0) return failures;
  const ended = predicateToHold('every case to end', () => true);
  const expected = cases.map(({ expectation }) => expectation.processes);
  await stays(() => cases.map((each) => processCount(ctx, each)), expected, ended, ctx.quietMs, ctx.deadline);
  return failures;
}

/**
 * Cases at the same time: so few that one of their processes can always start while all others
 * wait.
 */
function widthOf(ctx: TimeContext, cases: readonly RunningCase[]): number {
  const waiting = cases.flatMap(({ expectation: { rounds, run } }) => [
    ...rounds.map(({ starts }) => Object.keys(starts).length),
    ...Object.values(run.overlap),
  ]);
  return Math.min(MAX_WIDTH, Math.floor((ctx.facts.slots - 1) / Math.max(1, ...waiting.map((count) => count - 1))));
}

/**
 * Runs a case. Returns the difference to the model; null: there is none. Its cause is the wait for
 * a case that did not end.
 */
async function differenceOf(ctx: TimeContext, prepared: PreparedCase): Promise<Error | null> {
  const { run, processes } = prepared.expectation;
  const limit = performance.now() + limitMsOf(ctx);
  const { id, waitError } = await runCase(ctx, prepared, Math.min(limit, ctx.deadline - REPORT_RESERVE_MS));
  const observed = {
    run: await observeRun(ctx.client, ctx.ledger, id, run),
    processes: processCount(ctx, prepared),
  };
  const failure = differenceBetween(observed, { run, processes }) ?? waitError;
  if (failure === null) return null;
  const message = `${failure.message}\n\n${await executionTree(ctx.client, id)}`;
  return waitError ? new Error(message, { cause: waitError }) : new Error(message);
}
