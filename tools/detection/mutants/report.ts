import { formatCounts, formatScore } from '../outcome';
import { describeMutant, type Mutant } from './mutant';
import type { MutantResult } from './mutant-run';

/** A Markdown table with one line for each group of mutants. */
export const formatMutantCounts = (
  title: string,
  results: readonly MutantResult[],
  groupOf: (mutant: Mutant) => string,
): string =>
  formatCounts(
    title,
    results.map(({ mutant, outcome }) => ({ group: groupOf(mutant), outcome })),
  );

/** A Markdown table, most catches first. A mutant counts for the first claim that failed. */
export function formatClaims(results: readonly MutantResult[]): string {
  const caught = results.filter(({ outcome }) => outcome === 'caught').map(({ claim }) => claim ?? 'start');
  const counts = [...new Set(caught)].map((claim) => [claim, caught.filter((each) => each === claim).length] as const);
  const rows = counts.sort((a, b) => b[1] - a[1]).map((row) => `| ${row.join(' | ')} |`);
  return ['| claim | caught |', '| --- | --- |', ...rows].join('\n');
}

/** One line for each mutant that no claim caught, although it ran, or may have run. */
export const formatMutantSurvivors = (results: readonly MutantResult[]): string[] =>
  results.filter(({ outcome }) => outcome !== 'caught' && outcome !== 'not reached').map(formatResult);

/** One line: what became of the mutant, and by which claim. */
export function formatResult({ mutant, outcome, claim, evidence }: MutantResult): string {
  const by = outcome === 'caught' ? (claim ?? 'the suite did not start') : claim;
  return [`${outcome}: ${describeMutant(mutant)}`, by, evidence].filter(Boolean).join('; ');
}

/** The number of caught mutants of those that were reached and decided, and the time for all. */
export function formatMutantSummary(results: readonly MutantResult[]): string {
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return `caught: ${formatScore(results)} reached mutants, of ${results.length}; ${seconds.toFixed(0)} s`;
}
