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

/** Names for which a case is predicted before it has its own. */
const NAMES: CaseNames = {
  program: 'model.program',
  workflow: (name) => `model.${name}`,
  ledgerInput: (label) => ({ key: label, ledger: '' }),
  gate: '',
  shortSeconds: 1,
  areLimitsTimeouts: true,
  hasLoops: true,
  isExact: true,
  worker: { worker: 'model' },
};

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
const isPredictable = (plan: CasePlan): boolean =>
  [true, false].every((isExtended) =>
    isPredictableWith(plan, { ...NAMES, areLimitsTimeouts: isExtended, hasLoops: isExtended }),
  );

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
