import type { CensusLine } from '../../../helpers/scenario/census';
import { FaultError } from '../fault';
import { readClaimRuns, wasRun } from '../run/claim-results';
import { runClaims } from '../run/run-claims';
import { readCoverage } from './coverage';
import type { InstrumentedCopy } from './instrumented-copy';
import { describeMutant, type Mutant } from './mutant';

/**
 * `killed`: a claim failed, or the platform did not start. `undecided`: no claim failed, and one
 * did not decide.
 */
export type MutantOutcome = 'killed' | 'survived' | 'undecided' | 'not reached';

export interface MutantResult {
  readonly mutant: Mutant;
  readonly outcome: MutantOutcome;
  /** The claim that failed and its first line; empty without one. */
  readonly evidence: string;
  readonly seconds: number;
}

export interface MutantRun {
  readonly copy: InstrumentedCopy;
  readonly census: readonly CensusLine[];
  readonly stop: AbortSignal;
  readonly reportProgress: (line: string) => void;
}

/** The claims that reach each mutant. */
export type Reach = (mutant: Mutant) => readonly CensusLine[];

/** Runs every claim with all mutants off. Throws FaultError if one is not green. */
export async function measureReach({ copy, census, stop, reportProgress }: MutantRun): Promise<Reach> {
  const { root, coverageDirectory } = copy;
  reportProgress(`coverage: ${census.length} claims without a mutant`);
  const variables = { TUNINGFORK_COVERAGE: coverageDirectory };
  const { results, seconds } = await runClaims({ root, claims: census, stop, variables, workers: 1 });
  const failed = results.filter(({ outcome }) => outcome !== 'green');
  if (failed.length > 0)
    throw new FaultError(
      `without a mutant: ${failed.map(({ claim, evidence }) => `${claim}: ${evidence}`).join('\n')}`,
    );
  const { byClaim, atStart } = readCoverage(coverageDirectory, readClaimRuns(root));
  reportProgress(
    `coverage: ${byClaim.size} mutants reached by claims, ${atStart.size} at start, ${seconds.toFixed(0)} s`,
  );
  return ({ id }) => {
    const claims = byClaim.get(id);
    if (claims === undefined) return atStart.has(id) ? census : [];
    return census.filter((claim) => claims.has(claim.id));
  };
}

/** Runs the claims that reach each mutant, up to the first file in which one fails. */
export async function runMutants(run: MutantRun, reach: Reach, mutants: readonly Mutant[]): Promise<MutantResult[]> {
  const results: MutantResult[] = [];
  for (const [n, mutant] of mutants.entries()) {
    const result = await runMutant(run, mutant, reach(mutant));
    results.push(result);
    const { outcome, seconds } = result;
    run.reportProgress(`${n + 1} of ${mutants.length}: ${outcome}, ${seconds.toFixed(1)} s: ${describeMutant(mutant)}`);
  }
  return results;
}

async function runMutant(
  { copy: { root }, stop }: MutantRun,
  mutant: Mutant,
  claims: readonly CensusLine[],
): Promise<MutantResult> {
  if (claims.length === 0) return { mutant, outcome: 'not reached', evidence: '', seconds: 0 };
  const variables = { __STRYKER_ACTIVE_MUTANT__: mutant.id };
  const { results, seconds } = await runClaims({ root, claims, stop, variables, stopsAtFailure: true });
  const red = results.find(({ outcome }) => outcome === 'red');
  if (red) return { mutant, outcome: 'killed', evidence: `${red.claim}: ${red.evidence}`, seconds };
  if (!results.some(wasRun)) return { mutant, outcome: 'killed', evidence: results[0]?.evidence ?? '', seconds };
  const undecided = results.find(({ outcome }) => outcome === 'environment');
  if (!undecided) return { mutant, outcome: 'survived', evidence: '', seconds };
  return { mutant, outcome: 'undecided', evidence: `${undecided.claim}: ${undecided.evidence}`, seconds };
}
