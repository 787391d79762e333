import { EXIT_CODES } from '../../contract/errors';
import { hasFailed } from './attempts';
import type { AttemptModel, ClaimModel, RunModel } from './run-model';

/** Runs of different targets, or none. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/**
 * Several runs on one target as one: a claim that is in more than one of them has an attempt for
 * each, and the result of the last. It has the name of the run that ended last, and the reasons
 * of all of them. Throws MergeError.
 */
export function mergeRuns(runs: readonly RunModel[]): RunModel {
  const [first, ...others] = [...runs].sort((one, other) => (one.to ?? 0) - (other.to ?? 0));
  if (!first) throw new MergeError('there is no run to merge');
  const other = others.find(({ target }) => target.name !== first.target.name);
  if (other)
    throw new MergeError(
      `run ${other.run} was on ${other.target.name}, and run ${first.run} on ${first.target.name}: report them one by one`,
    );
  return others.reduce(merge, first);
}

function merge(earlier: RunModel, later: RunModel): RunModel {
  const claims = mergeClaims(earlier.claims, later.claims);
  return {
    ...later,
    from: earliest(earlier.from, later.from),
    exit: exitOf(claims, earlier, later),
    reasons: [...new Set([...earlier.reasons, ...later.reasons])],
    claims,
  };
}

/** A failed claim may have passed since; what else made a run red stays. */
function exitOf(claims: readonly ClaimModel[], earlier: RunModel, later: RunModel): number {
  if (claims.some(hasFailed)) return EXIT_CODES.testFailed;
  const others = [later.exit, earlier.exit].filter((exit) => exit !== EXIT_CODES.testFailed && exit !== 0);
  return others[0] ?? 0;
}

const earliest = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

const keyOf = ({ id, title }: ClaimModel): string => `${id} ${title}`;

function mergeClaims(earlier: readonly ClaimModel[], later: readonly ClaimModel[]): ClaimModel[] {
  const laterByKey = new Map(later.map((claim) => [keyOf(claim), claim]));
  const earlierKeys = new Set(earlier.map(keyOf));
  return [
    ...earlier.map((claim) => {
      const next = laterByKey.get(keyOf(claim));
      return next ? { ...next, attempts: [...claim.attempts, attemptOf(claim), ...next.attempts] } : claim;
    }),
    ...later.filter((claim) => !earlierKeys.has(keyOf(claim))),
  ];
}

const attemptOf = ({ result, seconds, from, to, process, failure }: ClaimModel): AttemptModel => {
  return { result, seconds, from, to, process, failure };
};
