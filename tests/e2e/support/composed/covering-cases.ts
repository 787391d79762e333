import { composeCase } from '../model/compose';
import { needsInquiryLifetime, type Features } from '../model/features';
import { coveringSet } from '../model/pairs';
import { onlyCase, runSeed, sized } from '../../../../helpers/sized';
import type { Context } from '../../../../helpers/scenario/context';
import { isRecordExact, type PlannedCase } from './prepare-case';

/**
 * Cases of the covering set of pairs: those of the contract, or those whose inquiry has its own
 * lifetime. All where time is virtual, and with `E2E_SIZES=full`; else `count` of them, which the
 * seed of the run selects. One with `E2E_CASE`.
 */
export function coveringCases(ctx: Context, part: 'contract' | 'extension', count: number): PlannedCase[] {
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

const isIn = (part: 'contract' | 'extension', features: Features): boolean =>
  needsInquiryLifetime(features) === (part === 'extension');
