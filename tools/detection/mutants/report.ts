import { describeMutant } from './mutant';
import type { MutantOutcome, MutantResult } from './mutant-run';

const OUTCOMES: readonly MutantOutcome[] = ['killed', 'survived', 'undecided', 'not reached'];

/** A Markdown table with one line for each room. */
export function formatRooms(results: readonly MutantResult[]): string {
  const rooms = [...new Set(results.map(({ mutant }) => mutant.room))];
  const rows = rooms.map((room) => {
    const own = results.filter(({ mutant }) => mutant.room === room);
    const counts = OUTCOMES.map((outcome) => own.filter((result) => result.outcome === outcome).length);
    return `| ${[room, own.length, ...counts].join(' | ')} |`;
  });
  return [`| room | mutants | ${OUTCOMES.join(' | ')} |`, '| --- | --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** A Markdown table, most kills first. A mutant counts for the first claim that failed. */
export function formatClaims(results: readonly MutantResult[]): string {
  const killed = results.filter(({ outcome }) => outcome === 'killed').map(({ claim }) => claim ?? 'start');
  const counts = [...new Set(killed)].map((claim) => [claim, killed.filter((each) => each === claim).length] as const);
  const rows = counts.sort((a, b) => b[1] - a[1]).map((row) => `| ${row.join(' | ')} |`);
  return ['| claim | killed |', '| --- | --- |', ...rows].join('\n');
}

/** One line for each mutant that no claim detected. */
export const formatMutantSurvivors = (results: readonly MutantResult[]): string[] =>
  results
    .filter(({ outcome }) => outcome === 'survived' || outcome === 'undecided')
    .map(({ mutant, outcome, claim, evidence }) =>
      [`${outcome}: ${describeMutant(mutant)}`, claim, evidence].filter(Boolean).join('; '),
    );

/** The number of killed mutants of those that were reached, and the time for all. */
export function formatMutantSummary(results: readonly MutantResult[]): string {
  const reached = results.filter(({ outcome }) => outcome !== 'not reached');
  const killed = reached.filter(({ outcome }) => outcome === 'killed');
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  return `${killed.length} of ${reached.length} reached mutants were killed, of ${results.length}; ${seconds.toFixed(0)} s`;
}
