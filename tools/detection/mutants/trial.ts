import type { CensusLine } from '../../../helpers/scenario/census';
import { wasRun } from '../run/claim-results';
import type { ClaimsRun } from '../run/run-claims';
import type { Mutant } from './mutant';
import type { MutantResult, MutantRun, Trial } from './mutant-run';

/** The result, if it is known, or what is left to do. */
export type TrialStep = { readonly result: MutantResult } | { readonly open: Trial };

/**
 * Runs some claims of the trial with its mutant, up to the first file in which one fails. Where
 * none was run, because the platform did not start, they run once more.
 */
export async function runAlone(
  run: MutantRun,
  root: string,
  trial: Trial,
  claims: readonly CensusLine[],
): Promise<TrialStep> {
  if (claims.length === 0) return stepAfter(trial);
  const first = await runWith(run, root, [trial.mutant], claims, true);
  const isStarted = first.results.some(wasRun);
  const { results, seconds } = isStarted ? first : await runWith(run, root, [trial.mutant], claims, true);
  const after = { ...trial, seconds: trial.seconds + seconds + (isStarted ? 0 : first.seconds) };
  const red = results.find(({ outcome }) => outcome === 'red');
  if (red) return caught(after, red);
  if (!results.some(wasRun)) return caught(after, { evidence: results[0]?.evidence ?? '' });
  const slow = results.find(({ outcome }) => outcome === 'environment');
  const undecided = trial.undecided ?? (slow && { claim: slow.claim, evidence: slow.evidence });
  const left = trial.claims.filter((claim) => !claims.includes(claim));
  return stepAfter({ ...after, claims: left, ...(undecided && { undecided }) });
}

/** Runs the claims with all these mutants switched on. */
export async function runWith(
  { copies, runClaims, stop }: MutantRun,
  root: string,
  mutants: readonly Mutant[],
  claims: readonly CensusLine[],
  stopsAtFailure = false,
): Promise<ClaimsRun> {
  const { variables, restore } = copies.switchOn(root, mutants);
  try {
    return await runClaims({ root, claims, stop, variables, stopsAtFailure, sizes: 'ci' });
  } finally {
    restore();
  }
}

const caught = (
  { mutant, seconds }: Trial,
  { claim, evidence }: Pick<MutantResult, 'claim' | 'evidence'>,
): TrialStep => ({ result: { mutant, outcome: 'caught', ...(claim && { claim }), evidence, seconds } });

/** The step after claims of the trial have run: its result, if none is left. */
export const stepAfter = (trial: Trial): TrialStep =>
  trial.claims.length > 0 ? { open: trial } : { result: survivor(trial) };

/** The result of a trial whose claims have all run. */
const survivor = ({ mutant, isReached, undecided, seconds }: Trial): MutantResult => ({
  mutant,
  outcome: undecided ? 'environment' : isReached ? 'not noticed' : 'not known',
  evidence: '',
  ...undecided,
  seconds,
});
