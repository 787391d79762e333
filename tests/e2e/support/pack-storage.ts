import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunFacts } from '../../../helpers/target/run-facts';

/**
 * Where a platform on this host stores the files of packs, in a directory for each tenant. Throws
 * if the platform's directory is not known.
 */
export function packStorage({ incoming }: Pick<RunFacts, 'incoming'>): string {
  if (incoming === null) throw new Error('the directory of the platform is not known');
  return join(dirname(incoming), 'packs');
}

/** The directory with the only stored version of a pack. */
export function storedPack(facts: Pick<RunFacts, 'incoming'>, ref: string): string {
  const stores = packStorage(facts);
  const [stored] = readdirSync(stores)
    .map((tenant) => join(stores, tenant, ref))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((version) => join(path, version)));
  if (stored === undefined) throw new Error(`${ref} has no files below ${stores}`);
  return stored;
}
