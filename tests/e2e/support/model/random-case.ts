import fc from 'fast-check';
import { composePlan } from './compose-plan';
import { expectationOf } from './expect-case';
import type { Expectation, ExpectedRun } from './expectation';
import { ModelError } from './model-error';
import type { CaseNames } from './case-names';
import { casePlan, type CasePlan } from './random-plan';
import { otherSchedules } from './schedules';
import { writeJson } from '../../../../contract/json-text/write-json';
import { ExpressionError } from '../expressions/evaluator/expression-error';

/** The names of a case on no target: what is predicted does not depend on them. */
const NAMES = {
  program: 'model.program',
  workflow: (name: string) => `model.${name}`,
  ledgerInput: (label: string) => ({ key: label, ledger: '' }),
  gate: '',
  shortSeconds: 1,
  worker: { worker: 'model' },
};

/** A case for each kind of target: with virtual time, which needs all else, and without. */
const KINDS_OF_TARGETS: readonly CaseNames[] = [
  { ...NAMES, isExact: true, areLimitsTimeouts: true, hasLoops: true },
  ...[true, false].flatMap((areLimitsTimeouts) =>
    [true, false].map((hasLoops) => ({ ...NAMES, isExact: false, areLimitsTimeouts, hasLoops })),
  ),
];

const MOST_PROCESSES = 12;
const MOST_EXPIRIES = 2;

/** Limits and lifetimes that pass in a run, each of which takes real time. */
const expiriesOf = ({ children }: ExpectedRun): number =>
  children.reduce((sum, { status, exitCode, workflow }) => {
    const isExpired = status === 'timeout' || exitCode === -1;
    return sum + (isExpired ? 1 : 0) + (workflow ? expiriesOf(workflow) : 0);
  }, 0);

/**
 * Whether the contract decides everything that is observed of a case: it does not depend on what
 * happens first; and the case is short, on every target.
 */
const isPredictable = (plan: CasePlan): boolean => KINDS_OF_TARGETS.every((names) => isPredictableWith(plan, names));

function isPredictableWith(plan: CasePlan, names: CaseNames): boolean {
  try {
    const modelCase = composePlan(plan, names);
    const expected = expectationOf(modelCase);
    const isShort = expected.processes <= MOST_PROCESSES && expiriesOf(expected.run) <= MOST_EXPIRIES;
    return isShort && otherSchedules().every((schedule) => isEqual(expectationOf(modelCase, schedule), expected));
  } catch (error) {
    if (error instanceof ModelError || error instanceof ExpressionError) return false;
    throw error;
  }
}

const isEqual = (a: Expectation, b: Expectation): boolean => writeJson(a) === writeJson(b);

/** Random plans of predictable cases. */
export const predictablePlan: fc.Arbitrary<CasePlan> = casePlan.filter(isPredictable);

/** The plan of a seed, always the same. */
export const planOf = (seed: number): CasePlan => fc.sample(predictablePlan, { seed, numRuns: 1 })[0]!;
