import { composePlan } from '../../e2e/support/model/compose-plan';
import { expectationOf } from '../../e2e/support/model/expect-case';
import { planOf } from '../../e2e/support/model/random-case';
import { NAMES } from './case-names';

const PLANS = Array.from({ length: 100 }, (_, seed) => planOf(seed));

test.each([
  ['has the contract alone', { isExact: false, areLimitsTimeouts: false, hasLoops: false }],
  ['has real time', { isExact: false, areLimitsTimeouts: true, hasLoops: true }],
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
