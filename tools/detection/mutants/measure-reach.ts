import type { CensusLine } from '../../../helpers/scenario/census';
import { FaultError } from '../fault';
import { runUntilDecided } from '../run/run-until-decided';
import { readCoverage } from '../run/coverage';
import type { Mutant } from './mutant';
import type { MutantRun } from './mutant-run';

/** A claim, and how long it runs without a mutant, seconds. */
interface TimedClaim {
  readonly claim: CensusLine;
  readonly seconds: number;
}

/** The claims that reach each mutant, the shortest first. */
export type Reach = (mutant: Mutant) => readonly TimedClaim[];

/** Runs every claim with all mutants off. Throws FaultError if one is not green. */
export async function measureReach({ copies, census, runClaims, stop, reportProgress }: MutantRun): Promise<Reach> {
  const { roots, coverageDirectory } = copies;
  const root = roots[0]!;
  reportProgress(`coverage: ${census.length} claims without a mutant`);
  const variables = { TUNINGFORK_COVERAGE: coverageDirectory };
  const request = { root, claims: census, stop, variables, workers: 1, sizes: 'ci' } as const;
  const { results, seconds, times } = await runUntilDecided(runClaims, request);
  const failed = results.filter(({ outcome }) => outcome !== 'green');
  if (failed.length > 0)
    throw new FaultError(
      `without a mutant: ${failed.map(({ claim, evidence }) => `${claim}: ${evidence}`).join('\n')}`,
    );
  const { byClaim, atStart } = readCoverage(coverageDirectory, times);
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
