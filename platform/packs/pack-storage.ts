import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Database, Transaction } from '../store/database';
import { expectEnvironments } from '../store/environments';
import { lockPack, type PackRow } from '../store/packs';
import { retireFiles, type Retired } from '../store/retired-files';
import { homeOf } from '../worker/surroundings';
import { copyTree } from './copy-tree';
import { neededEnvironments } from './dependency-manifests';
import { readPack } from './read-pack';
import { register, type Registration } from './register';
import { removeFiles } from './spent-files';

export interface PackSource {
  /** Directory with `pack.yaml` in it. */
  readonly directory: string;
  readonly tenant: number;
  /** A pack of that ref is updated in place. */
  readonly force: boolean;
  /** Whom a new pack will belong to; null: nobody. */
  readonly installer: number | null;
  /** Directory below which the packs of all tenants are stored. */
  readonly packsDirectory: string;
  /** The stored files that these were made from, null where there were none: no others may have taken their place since. */
  readonly madeFrom?: string | null;
}

/** A pack whose files were made from others was registered by somebody else meanwhile. */
export class PackMoved extends Error {
  constructor(ref: string) {
    super(`the files of ${ref} are no longer those that were changed`);
  }
}

/**
 * Registers the pack in a directory: its files are copied, read from the copy, and known once the transaction commits.
 * A pack that is refused leaves nothing, and what was installed before it as it was. Throws Refusal: 400 (no pack, not
 * safe, too large), 403, 409, 422; PackMoved where `madeFrom` is not what is registered.
 */
export async function installPack(db: Database, source: PackSource): Promise<Registration> {
  const home = join(source.packsDirectory, String(source.tenant));
  await mkdir(home, { recursive: true });
  const staging = join(home, `.staging-${randomUUID()}`);
  let stored = staging;
  try {
    await copyTree(source.directory, staging);
    const files = await readPack(staging);
    stored = join(home, files.manifest.ref, `${files.manifest.version}-${randomUUID().slice(0, 8)}`);
    await moveTo(staging, stored);
    const options = { storage: stored, force: source.force, standard: false, installer: source.installer };
    const needed = await neededEnvironments(stored);
    return await db.inTenant(source.tenant, async (transaction) => {
      if (source.madeFrom !== undefined) await requireStill(transaction, files.manifest.ref, source.madeFrom);
      const registration = await register(transaction, files, options);
      await expectEnvironments(transaction, registration.pack.id, needed);
      const { pack, replaced } = registration;
      if (replaced !== null) await retireFiles(transaction, pack.ref, [{ kind: 'registration', path: replaced }]);
      return registration;
    });
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (stored !== staging) await removeFiles(stored);
    throw error;
  }
}

/** Holds the pack until the transaction ends. Throws PackMoved. */
async function requireStill(transaction: Transaction, ref: string, madeFrom: string | null): Promise<void> {
  const pack = await lockPack(transaction, ref);
  if (pack === null || pack.storage !== madeFrom) throw new PackMoved(ref);
}

async function moveTo(staging: string, stored: string, again = true): Promise<void> {
  await mkdir(dirname(stored), { recursive: true });
  try {
    await rename(staging, stored);
  } catch (error) {
    // Somebody who removed the pack's last copy has taken the directory away in between.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !again) throw error;
    await moveTo(staging, stored, false);
  }
}

/** All that a pack which is being deleted leaves on the disk. `directory` is the platform's. */
export const leftBy = (directory: string, pack: PackRow): Retired[] => {
  const home = dirname(homeOf({ directory }, { tenant: pack.tenant, packRef: pack.ref }, 'python'));
  const files = pack.storage === null ? [] : [{ kind: 'registration' as const, path: pack.storage }];
  return [...files, { kind: 'environments', path: home }];
};
