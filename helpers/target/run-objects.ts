import type { Client } from '../client/client';
import { messageOf } from '../errors';
import { removeSharedPacks } from '../fixtures/shared-pack';
import { findLeftovers } from '../scenario/leftovers';
import { runPrefix } from '../scenario/names';
import { LeftoverError } from './leftover-error';

/**
 * Removes the shared packs at the end of a run. Throws LeftoverError if an object of the run is
 * left on the target.
 */
export async function removeRunObjects(client: Client, run: string): Promise<void> {
  const failures = await removeSharedPacks(client, run);
  const refs = await findLeftovers(client, runPrefix(run));
  if (refs.length === 0 && failures.length === 0) return;
  throw new LeftoverError(
    [`left on the target: ${refs.join(', ') || 'nothing'}`, ...failures.map(messageOf)].join('\n'),
  );
}
