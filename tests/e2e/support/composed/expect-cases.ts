import { stringify } from 'yaml';
import { CombinedError, isError } from '../../../../helpers/errors';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import type { CaseNames } from '../model/case-names';
import { expectationOf } from '../model/expect-case';
import type { ModelCase } from '../model/model-case';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { executionTree } from '../../../../helpers/scenario/evidence/executions';
import { stays } from '../../../../helpers/scenario/polling';
import { observeRun } from './observe';
import { runCase, type RunningCase } from './run-case';

/** A case before it has names on a target. */
export interface PlannedCase {
  /** Part of the names of its objects; differs from that of every other case of the claim. */
  readonly prefix: string;
  /** Environment variables that select this case alone: `E2E_SEED=42 E2E_SEEDS=1`. */
  readonly selection: string;
  compose(names: CaseNames): ModelCase;
  /** Searches for a smaller case that fails too. Returns its difference; null: there is none. */
  shrink?(differenceOf: (smaller: PlannedCase) => Promise<Error | null>, deadline: number): Promise<Error | null>;
}

/** Slots that a target has at least: where a rendezvous runs alone, and elsewhere. */
const [FEW_SLOTS, MANY_SLOTS] = [10, 24];
/**
 * The limit that some programs exceed, and others keep: on an idle host, and at most, seconds. A
 * busy host takes 2 s to run one that does nothing.
 */
const [SHORT_SECONDS, MAX_SHORT_SECONDS] = [3, 6];

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

interface PreparedCase extends RunningCase {
  readonly planned: PlannedCase;
  /** In which it ends on this host, ms. */
  readonly limitMs: number;
}

const keyPrefix = (ctx: Context, { prefix }: PlannedCase): string => ctx.ledgerInput(`${prefix}-`).key;

/**
 * Runs the cases, several at a time, and compares what is observed of each with what the model
 * predicts. Nothing more may run after the end. `claim`: the claim, for the command that repeats a
 * case.
 */
export async function expectCases(ctx: Context, claim: string, cases: readonly PlannedCase[]): Promise<void> {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const running = cases.map((planned) => prepareCase(ctx, pack, planned));
  ctx.plan(shortSecondsOf(ctx) * 1_000);
  ctx.plan(CASE_PLAN_MS * cases.length * ctx.facts.loadFactor + Math.max(...running.map(({ limitMs }) => limitMs)));
  const failures = await firstDifferences(ctx, claim, running);
  const first = running.find(({ planned }) => failures.has(planned));
  const smaller = await first?.planned.shrink?.(
    (planned) => differenceOf(ctx, claim, prepareCase(ctx, pack, planned)),
    ctx.deadline - 2 * REPORT_RESERVE_MS,
  );
  if (first) throw new CombinedError([...(smaller ? [smaller] : []), ...failures.values()]);

  const processes = () => cases.map((planned) => processCount(ctx, planned));
  const expected = running.map(({ expectation }) => expectation.processes);
  const ended = predicateToHold('every case to end', () => true);
  await stays(processes, expected, ended, ctx.quietMs, ctx.deadline);
}

/** The differences of the first cases that have one: after them no other case starts. */
async function firstDifferences(
  ctx: Context,
  claim: string,
  cases: readonly PreparedCase[],
): Promise<Map<PlannedCase, Error>> {
  const failures = new Map<PlannedCase, Error>();
  await mapConcurrently(cases, widthOf(ctx, cases), async (each) => {
    const failure = failures.size > 0 ? null : await differenceOf(ctx, claim, each);
    if (failure) failures.set(each.planned, failure);
  });
  return failures;
}

/**
 * Cases at the same time: so few that one of their processes can always start while all others
 * wait.
 */
function widthOf({ facts }: Context, cases: readonly RunningCase[]): number {
  const waiting = cases.flatMap(({ expectation: { rounds, run } }) => [
    ...rounds.map(({ starts }) => Object.keys(starts).length),
    ...Object.values(run.overlap),
  ]);
  const slots = facts.rendezvous === 'alone' ? FEW_SLOTS : MANY_SLOTS;
  return Math.min(MAX_WIDTH, Math.floor((slots - 1) / Math.max(1, ...waiting.map((count) => count - 1))));
}

const shortSecondsOf = (ctx: Context): number =>
  Math.max(SHORT_SECONDS * ctx.facts.loadFactor, Math.min(MAX_SHORT_SECONDS, ctx.slackMs('run') / 1_000));

function prepareCase(ctx: Context, pack: string, planned: PlannedCase): PreparedCase {
  const { prefix } = planned;
  const gate = `${ctx.ledger.path}.${prefix}.gate`;
  const seconds = shortSecondsOf(ctx);
  const modelCase = planned.compose({
    program: ctx.action('exit-by-attempt'),
    workflow: (name) => `${pack}.${prefix}-${name}`,
    ledgerInput: (label) => ctx.ledgerInput(`${prefix}-${label}`),
    gate,
    shortSeconds: Object.hasOwn(ctx.facts.capabilities, 'durations.fractional')
      ? Math.ceil(seconds * 10) / 10
      : Math.ceil(seconds),
    areLimitsTimeouts: Object.hasOwn(ctx.facts.capabilities, 'executions.timeout'),
    hasLoops: Object.hasOwn(ctx.facts.capabilities, 'workflows.loops'),
  });
  const limitMs = CASE_LIMIT_MS * ctx.facts.loadFactor + LIMITS_PER_CASE * seconds * 1_000;
  return { planned, limitMs, modelCase, expectation: expectationOf(modelCase), gate };
}

const processCount = (ctx: Context, planned: PlannedCase): number =>
  ctx.ledger.entries(undefined, 'start').filter(({ key }) => key.startsWith(keyPrefix(ctx, planned))).length;

/**
 * Runs a case. Returns the difference to the model, and how to repeat it; null: there is none. Its
 * cause is the wait for a case that did not end.
 */
async function differenceOf(ctx: Context, claim: string, prepared: PreparedCase): Promise<Error | null> {
  const { planned, limitMs, modelCase, expectation } = prepared;
  const { run, processes } = expectation;
  const limit = performance.now() + limitMs;
  const { id, waitError } = await runCase(ctx, prepared, Math.min(limit, ctx.deadline - REPORT_RESERVE_MS));
  const observed = {
    run: await observeRun(ctx.client, ctx.ledger, id, run),
    processes: processCount(ctx, planned),
  };
  const failure = differenceBetween(observed, { run, processes }) ?? waitError;
  if (failure === null) return null;
  const { workflows, parameters, responses, isCancelled } = modelCase;
  const definition = stringify({ workflows, parameters, responses, isCancelled }, { aliasDuplicateObjects: false });
  const command = `${planned.selection} npx jest t2-14 -t ${claim}`.trim();
  const tree = await executionTree(ctx.client, id);
  const message = `${failure.message}\n\n${definition}\n${tree}\n\nrepeat it with: ${command}`;
  return waitError ? new Error(message, { cause: waitError }) : new Error(message);
}

function differenceBetween(observed: object, expected: object): Error | null {
  try {
    expect(observed).toStrictEqual(expected);
    return null;
  } catch (error) {
    if (isError(error)) return error;
    throw error;
  }
}
