import type { CensusLine } from '../../../helpers/scenario/census';
import { wasRun, type ClaimResult } from './claim-results';
import type { ClaimsRequest, ClaimsRun, runClaims } from './run-claims';

/**
 * Runs the claims, and those that could not decide on this host once more, when all others have
 * ended. A claim that was red or green, or was not run, is not repeated.
 */
export async function runUntilDecided(run: typeof runClaims, request: ClaimsRequest): Promise<ClaimsRun> {
  const first = await run(request);
  const claims = undecidedOf(first, request.claims);
  return claims.length === 0 ? first : withRepeated(first, await run({ ...request, claims }));
}

/** Those of the claims that ran and could not decide. */
export function undecidedOf({ results }: Pick<ClaimsRun, 'results'>, claims: readonly CensusLine[]): CensusLine[] {
  const undecided = results.filter(isUndecided).map(({ claim }) => claim);
  return claims.filter(({ id }) => undecided.includes(id));
}

/** A run in which claims have the results of their repetition. */
export const withRepeated = (first: ClaimsRun, again: ClaimsRun): ClaimsRun => ({
  seconds: first.seconds + again.seconds,
  results: first.results.map((result) => again.results.find(({ claim }) => claim === result.claim) ?? result),
  times: [...first.times, ...again.times],
});

const isUndecided = (result: ClaimResult): boolean => result.outcome === 'environment' && wasRun(result);
