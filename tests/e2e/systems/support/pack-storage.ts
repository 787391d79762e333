import { dirname, join } from 'node:path';
import type { RunFacts } from '../../../../helpers/target/run-facts';

/**
 * Where a platform on this host stores the files of packs, in a directory for each tenant. Throws
 * if the platform's directory is not known.
 */
export function packStorage({ incoming }: Pick<RunFacts, 'incoming'>): string {
  if (incoming === null) throw new Error('the directory of the platform is not known');
  return join(dirname(incoming), 'packs');
}
