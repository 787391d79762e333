import type { Client } from '../client/client';
import { messageOf } from '../errors';
import { removeSharedPacks } from '../fixtures/shared-pack';
import { findLeftovers } from '../scenario/leftovers';
import { runPrefix } from '../scenario/names';
import { endOpenWork } from './open-work';
import { LeftoverError } from './leftover-error';

/**
 * Ends what is open, and removes the shared packs, at the end of a run. Prints what stays open.
 * Throws LeftoverError if an object of the run is left on the target.
 */
export async function removeRunObjects(client: Client, run: string): Promise<void> {
  const open = await endOpenWork(client, run);
  for (const line of open) process.stderr.write(`\ntuningfork: ${line}\n`);
  const failures = await removeSharedPacks(client, run);
  const refs = await findLeftovers(client, [runPrefix(run)]);
  if (refs.length === 0 && failures.length === 0) return;
  throw new LeftoverError(
    [`left on the target: ${refs.join(', ') || 'nothing'}`, ...failures.map(messageOf)].join('\n'),
  );
}
