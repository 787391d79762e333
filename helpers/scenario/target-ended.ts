import { existsSync } from 'node:fs';
import { ApiError } from '../errors';
import type { RunFacts } from '../target/run-facts';
import { predicateToHold } from './conditions/execution-conditions';
import { until } from './polling';

/** A platform on this host has ended during the run. */
export class TargetEndedError extends Error {
  override readonly name = 'TargetEndedError';
  constructor(when: 'before' | 'during') {
    super(`the platform ended ${when} this test: more about it follows the results of all tests`);
  }
}

/** Time until the directory of a platform that was killed is removed, ms. */
const REMOVAL_TIMEOUT_MS = 10_000;

/**
 * Whether a platform on this host has ended: its directory, which contains that of the run, is
 * removed then.
 */
export const hasTargetEnded = ({ directory }: Pick<RunFacts, 'directory'>): boolean => !existsSync(directory);

/**
 * The same after the errors of a test: one that refuses connections has ended, and the removal of
 * its directory is awaited.
 */
export async function hasTargetEndedAfter(
  errors: readonly unknown[],
  platform: Pick<RunFacts, 'kind' | 'directory'>,
): Promise<boolean> {
  const isRefused = errors.some((error) => error instanceof ApiError && error.code === 'ECONNREFUSED');
  if (!isRefused || platform.kind !== 'started') return hasTargetEnded(platform);
  const removal = predicateToHold(`${platform.directory} to be removed`, () => hasTargetEnded(platform));
  return until(removal, performance.now() + REMOVAL_TIMEOUT_MS).catch(() => false); // the test's own errors are thrown
}
