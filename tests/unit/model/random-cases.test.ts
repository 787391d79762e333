import type { RunFacts } from '../../../helpers/target/run-facts';
import { shortSecondsOf } from '../../e2e/support/composed/prepare-case';
import { composePlan } from '../../e2e/support/model/compose-plan';
import { expectationOf } from '../../e2e/support/model/expect-case';
import { planOf } from '../../e2e/support/model/random-case';
import { NAMES } from './case-names';

const REAL_TIME = { isExact: false, areLimitsTimeouts: true, hasLoops: true };

const PLANS = Array.from({ length: 100 }, (_, seed) => planOf(seed));

/** The limit that some programs of a case exceed, on a target in real time. */
const shortSecondsAt = (loadFactor: number): number =>
  shortSecondsOf({
    facts: { loadFactor, switches: { time: 'real' } } as RunFacts,
    hostDelayMs: () => 4_000 * loadFactor,
  });

test.each([
  ['has the contract alone', { isExact: false, areLimitsTimeouts: false, hasLoops: false }],
  ['has real time', REAL_TIME],
  ['is busy', { ...REAL_TIME, shortSeconds: shortSecondsAt(2) }],
  ['is very busy', { ...REAL_TIME, shortSeconds: shortSecondsAt(12) }],
  ['has a clock that the suite moves', { isExact: true, areLimitsTimeouts: true, hasLoops: true }],
])('the model predicts every random case on a target that %s', (_kind, facts) => {
  const failures = PLANS.map((plan, seed) => {
    try {
      expectationOf(composePlan(plan, { ...NAMES, ...facts }));
      return null;
    } catch (error) {
      return `seed ${seed}: ${String(error)}`;
    }
  });

  expect(failures.filter((failure) => failure !== null)).toEqual([]);
});
