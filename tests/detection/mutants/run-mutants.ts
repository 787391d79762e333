import type { CensusLine } from '../../../helpers/scenario/census';
import { FaultError } from '../fault';
import { readClaimRuns, wasRun } from '../run/claim-results';
import { runInCopies } from '../run/in-copies';
import { runClaims } from '../run/run-claims';
import { readCoverage } from './coverage';
import type { InstrumentedCopies } from './instrumented-copy';
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
  readonly copies: InstrumentedCopies;
  readonly census: readonly CensusLine[];
  readonly stop: AbortSignal;
  readonly reportProgress: (line: string) => void;
}

/** A claim, and how long it runs without a mutant, seconds. */
interface TimedClaim {
  readonly claim: CensusLine;
  readonly seconds: number;
}

/** The claims that reach each mutant, the shortest first. */
export type Reach = (mutant: Mutant) => readonly TimedClaim[];

/** Runs every claim with all mutants off. Throws FaultError if one is not green. */
export async function measureReach({ copies, census, stop, reportProgress }: MutantRun): Promise<Reach> {
  const { roots, coverageDirectory } = copies;
  const root = roots[0]!;
  reportProgress(`coverage: ${census.length} claims without a mutant`);
  const variables = { TUNINGFORK_COVERAGE: coverageDirectory };
  const { results, seconds } = await runClaims({ root, claims: census, stop, variables, workers: 1, sizes: 'ci' });
  const failed = results.filter(({ outcome }) => outcome !== 'green');
  if (failed.length > 0)
    throw new FaultError(
      `without a mutant: ${failed.map(({ claim, evidence }) => `${claim}: ${evidence}`).join('\n')}`,
    );
  const { byClaim, atStart } = readCoverage(coverageDirectory, readClaimRuns(root));
  reportProgress(
    `coverage: ${byClaim.size} mutants reached by claims, ${atStart.size} at start, ${seconds.toFixed(0)} s`,
  );
  const secondsOf = new Map(results.map((result) => [result.claim, result.seconds]));
  const timed = census.map((claim) => ({ claim, seconds: secondsOf.get(claim.id) ?? 0 }));
  const shortestFirst = timed.sort((a, b) => a.seconds - b.seconds);
  return ({ id }) => {
    const claims = byClaim.get(id);
    if (claims === undefined) return atStart.has(id) ? shortestFirst : [];
    return shortestFirst.filter(({ claim }) => claims.has(claim.id));
  };
}

/** Runs the claims that reach each mutant, in each copy one mutant at a time. */
export async function runMutants(run: MutantRun, reach: Reach, mutants: readonly Mutant[]): Promise<MutantResult[]> {
  let ended = 0;
  return runInCopies(run.copies.roots, mutants, async (root, mutant) => {
    const result = await runMutant(run, root, mutant, reach(mutant));
    const { outcome, seconds, evidence } = result;
    const progress = `${++ended} of ${mutants.length}: ${outcome}, ${seconds.toFixed(1)} s`;
    run.reportProgress([progress, describeMutant(mutant), evidence].filter(Boolean).join(': '));
    return result;
  });
}

/** Of the claims that run first, without a mutant: most mutants fail one of these. */
const FIRST_SECONDS = 20;

/** The shortest claims run first, and the others if none of them fails. */
async function runMutant(
  { stop }: MutantRun,
  root: string,
  mutant: Mutant,
  claims: readonly TimedClaim[],
): Promise<MutantResult> {
  if (claims.length === 0) return { mutant, outcome: 'not reached', evidence: '', seconds: 0 };
  const variables = { __STRYKER_ACTIVE_MUTANT__: mutant.id };
  let seconds = 0;
  let undecided = '';
  for (const portion of split(claims)) {
    const run = await runClaims({ root, claims: portion, stop, variables, stopsAtFailure: true, sizes: 'ci' });
    seconds += run.seconds;
    const red = run.results.find(({ outcome }) => outcome === 'red');
    if (red) return { mutant, outcome: 'killed', evidence: `${red.claim}: ${red.evidence}`, seconds };
    if (!run.results.some(wasRun))
      return { mutant, outcome: 'killed', evidence: run.results[0]?.evidence ?? '', seconds };
    const slow = run.results.find(({ outcome }) => outcome === 'environment');
    if (slow && undecided === '') undecided = `${slow.claim}: ${slow.evidence}`;
  }
  return { mutant, outcome: undecided === '' ? 'survived' : 'undecided', evidence: undecided, seconds };
}

/** Claims of `FIRST_SECONDS` in sum, at least one, and all others. */
function split(claims: readonly TimedClaim[]): CensusLine[][] {
  let sum = 0;
  const first = claims.filter(({ seconds }, n) => (sum += seconds) <= FIRST_SECONDS || n === 0).length;
  const lines = claims.map(({ claim }) => claim);
  return [lines.slice(0, first), lines.slice(first)].filter((portion) => portion.length > 0);
}
