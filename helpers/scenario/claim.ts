import { repositoryRoot } from '../repository-root';
import { readCensus } from './census';
import { registerRecorded } from './recorded-test';
import { testFile } from './test-file';
import type { TestBody } from './run-test-body';

export type { Context } from './context';

const MIN_LIMIT_MS = 25_000;
/** A concurrent claim with a larger budget waits most of the time, for an instant of the clock. */
const LONG_SECONDS = 10;
/** A test may take this multiple of its budget, on an idle host. */
const BUDGET_FACTOR = 4;

const census = readCensus(repositoryRoot());

type ClaimFunction = (id: string, needs: readonly string[], title: string, body: TestBody) => void;

/**
 * Registers the test of one promise of the platform. On a target that lacks one of `needs` it is
 * skipped and reported as not proven. It may take 4 × its budget in the census, at least 25 s,
 * times the load factor, and the times that it plans. The claims of a file run at the same time,
 * or with `-i` one after the other; those of `claim.concurrent` at the same time also then: for
 * bodies that mostly wait and do not influence each other's measurements.
 */
export const claim: ClaimFunction & { readonly concurrent: ClaimFunction } = Object.assign(claimWith(false), {
  concurrent: claimWith(true),
});

function claimWith(isConcurrent: boolean): ClaimFunction {
  return (id, needs, title, body) => {
    const { facts, file } = testFile();
    const entry = census.find((candidate) => candidate.id === id);
    if (!entry || !file.endsWith(entry.file)) throw new Error(`${id} of ${file} is not in tests/e2e/census.json`);
    const { budget } = entry;
    const register = isConcurrent || facts.areClaimsParallel ? test.concurrent : test;
    registerRecorded(register, {
      id,
      title,
      needs,
      budget,
      body,
      jestTitle: `${id} ${title}`,
      letter: id.slice(-1),
      isMostlyWaiting: isConcurrent && budget > LONG_SECONDS,
      limitMs: Math.max(MIN_LIMIT_MS, BUDGET_FACTOR * budget * 1_000) * facts.loadFactor,
    });
  };
}
