import { wasRun, type ClaimResult } from './claim-results';
import type { ClaimsRequest, ClaimsRun, runClaims } from './run-claims';

/**
 * Runs the claims, and those that could not decide on this host once more, when all others have
 * ended. A claim that was red or green, or was not run, is not repeated.
 */
export async function runUntilDecided(run: typeof runClaims, request: ClaimsRequest): Promise<ClaimsRun> {
  const first = await run(request);
  const undecided = first.results.filter(isUndecided).map(({ claim }) => claim);
  if (undecided.length === 0) return first;
  const again = await run({ ...request, claims: request.claims.filter(({ id }) => undecided.includes(id)) });
  return {
    seconds: first.seconds + again.seconds,
    results: first.results.map((result) => again.results.find(({ claim }) => claim === result.claim) ?? result),
    times: [...first.times, ...again.times],
  };
}

const isUndecided = (result: ClaimResult): boolean => result.outcome === 'environment' && wasRun(result);
