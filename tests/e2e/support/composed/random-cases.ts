import fc from 'fast-check';
import { composePlan } from '../model/compose-plan';
import { planOf, predictablePlan } from '../model/random-case';
import type { CasePlan } from '../model/random-plan';
import type { PlannedCase } from './prepare-case';

/** A case for each of `count` seeds, from the first one on. A case that fails is shrunk. */
export const randomCases = (firstSeed: number, count: number): PlannedCase[] =>
  Array.from({ length: count }, (_, n) => randomCase(firstSeed + n));

function randomCase(seed: number): PlannedCase {
  const selection = `E2E_SEED=${seed} E2E_SEEDS=1`;
  const planned = (plan: CasePlan, part: string): PlannedCase => ({
    prefix: `seed-${seed}${part}`,
    selection,
    compose: (names) => composePlan(plan, names),
  });
  return {
    ...planned(planOf(seed), ''),
    shrink: async (differenceOf, deadline) => {
      let smallest: Error | null = null;
      let runs = 0;
      const property = fc.asyncProperty(predictablePlan, async (plan) => {
        const difference = await differenceOf(planned(plan, `-${(runs += 1)}`));
        smallest = difference ?? smallest;
        return difference === null;
      });
      const limit = fc.interruptAfterTimeLimit(Math.max(0, deadline - performance.now()));
      await fc.check(property, { seed, numRuns: 1, plugins: [limit] });
      return smallest;
    },
  };
}
