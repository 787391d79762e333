import { composeCase } from '../model/compose';
import { isOfTheRun, needsInquiryLifetime, type Features } from '../model/features';
import { coveringSet } from '../model/pairs';
import { onlyCase, runSeed, sized } from '../../../../helpers/sized';
import type { Context } from '../../../../helpers/scenario/context';
import { isRecordExact, type PlannedCase } from './prepare-case';

/** `run`: with what happens to the whole run, or a parallel task, or a placement. */
type Part = 'contract' | 'extension' | 'run';

/**
 * Cases of the covering set of pairs: those of the contract, those whose inquiry has its own
 * lifetime, or those of the run. All where time is virtual, and with `E2E_SIZES=full`; else
 * `count` of them, which the seed of the run selects. One with `E2E_CASE`.
 */
export function coveringCases(ctx: Context, part: Part, count: number): PlannedCase[] {
  const only = onlyCase();
  const cases = coveringSet()
    .map((features, index) => ({ features, number: String(index + 1) }))
    .filter(({ features, number }) => isIn(part, features) && (only === undefined || only === number));
  const first = runSeed() % cases.length;
  return [...cases.slice(first), ...cases.slice(0, first)]
    .slice(0, isRecordExact(ctx) ? cases.length : sized({ ci: count, full: cases.length }))
    .map(({ features, number }) => ({
      prefix: `pair-${number}`,
      selection: `E2E_CASE=${number}`,
      compose: (names) => composeCase(features, names),
    }));
}

const isIn = (part: Part, features: Features): boolean => {
  if (isOfTheRun(features)) return part === 'run';
  return part === (needsInquiryLifetime(features) ? 'extension' : 'contract');
};
