import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode } from '../../base/error-details';
import type { PackTestResult } from '../../../contract/pack-tests';
import type { Database, Transaction } from '../../store/database/connection';
import { declareEnvironments } from '../../store/packs/environments';
import { keepingAdmin } from '../../store/identities/permission-sets';
import { recordPackTest } from '../../store/packs/pack-test-records';
import { lockPack, type PackRow } from '../../store/packs/packs';
import { markFilesReplaced, type ReplacedFiles } from '../../store/packs/pack-file-gc';
import { packEnvironmentsDirectory } from '../../base/directories';
import { copyTree } from './copy-tree';
import { requireManifest } from '../read/manifest';
import type { PackFiles } from '../read/pack';
import { readPackInProcess, requiredEnvironmentsInProcess, type PackProcessOptions } from '../process/in-pack-process';
import type { PackApproval } from '../save/approval';
import { lockReplaceable } from '../save/pack';
import { registerPack, type Registration } from '../save/register';
import type { TestFiles } from '../save/registration-tests';
import { MOVE_PREFIX } from './interrupted-uploads';
import { removeStoredPack } from './unused-pack-files';
import { removeTree } from '../../files/remove-tree';

interface PackSource {
  /** Directory with `pack.yaml` in it. */
  readonly directory: string;
  readonly tenant: number;
  /** Updates an existing pack of that ref. */
  readonly force: boolean;
  /** Owner of a new pack; null: none. */
  readonly installer: number | null;
  readonly approve: PackApproval;
  /** Absent: no tests are run. */
  readonly testFiles?: TestFiles | undefined;
  /** The directory of the stored packs of all tenants. */
  readonly packsDirectory: string;
  /** How its files are read. */
  readonly reading: PackProcessOptions;
  /**
   * The stored directory that the new files are based on, null for a pack without files: it must
   * still be registered.
   */
  readonly expectedStorage?: string | null;
}

/** The pack was registered by another request after its files were read. */
export class PackFilesChanged extends Error {
  constructor(ref: string) {
    super(`the files of ${ref} are no longer those that were changed`);
  }
}

export interface Installation extends Registration {
  /** Null: no tests were run. */
  readonly testResult: PackTestResult | null;
}

/**
 * Registers the pack in a directory: its files are copied, read and tested from the copy, and
 * visible once the transaction commits. A rejected pack leaves no files, and changes no installed
 * one. Throws DomainError: 400 (no pack, unsafe, too large, failed tests), 403, 409, 422,
 * 503 (no tests); PackFilesChanged where `expectedStorage` is not what is registered.
 */
export async function installPack(db: Database, source: PackSource): Promise<Installation> {
  // Before the copy, whose errors name files: those of a directory that is no pack are not shown.
  requireManifest(source.directory);
  const home = join(source.packsDirectory, String(source.tenant));
  await mkdir(home, { recursive: true });
  const id = randomUUID();
  const [staging, move] = [join(home, `.staging-${id}`), join(home, `${MOVE_PREFIX}${id}`)];
  let stored = staging;
  let installation: Installation;
  try {
    const { bytes: storedBytes, digests: fileDigests } = await copyTree(source.directory, staging);
    const files = await readPackInProcess(staging, source.reading);
    const testResult = await testCopy(db, source, files, staging);
    stored = join(home, files.manifest.ref, `${files.manifest.version}-${randomUUID().slice(0, 8)}`);
    await writeFile(move, relative(home, stored));
    await moveDirectory(staging, stored);
    const options = {
      storage: stored,
      storedBytes,
      fileDigests,
      force: source.force,
      standard: false,
      installer: source.installer,
      approve: source.approve,
    };
    const environments = await requiredEnvironmentsInProcess(stored, source.reading);
    installation = await db.inTenant(source.tenant, async (transaction) => {
      if (source.expectedStorage !== undefined)
        await requireUnchanged(transaction, files.manifest.ref, source.expectedStorage);
      const registration = await keepingAdmin(transaction, files.manifest.ref, () =>
        registerPack(transaction, files, options),
      );
      await declareEnvironments(transaction, registration.pack.id, environments);
      const { pack, replacedStorage } = registration;
      if (replacedStorage !== null)
        await markFilesReplaced(transaction, pack.ref, [{ kind: 'registration', path: replacedStorage }]);
      if (testResult !== null)
        await recordPackTest(transaction, pack.id, registration.isUpdate ? 'update' : 'install', testResult);
      return { ...registration, testResult };
    });
  } catch (error) {
    await removeTree(staging);
    if (stored !== staging) await removeStoredPack(stored);
    await rm(move, { force: true });
    throw error;
  }
  await rm(move, { force: true });
  return installation;
}

/** Its programs are run only where the caller could register the pack. */
async function testCopy(
  db: Database,
  { testFiles, tenant, force, approve }: PackSource,
  files: PackFiles,
  directory: string,
): Promise<PackTestResult | null> {
  if (testFiles === undefined || ['absent', 'disabled'].includes(files.manifest.testing.is)) return null;
  await db.inTenant(tenant, async (transaction) => {
    const existing = await lockReplaceable(transaction, files.manifest.ref, { force, standard: false });
    await approve(transaction, files, existing, 0);
  });
  return testFiles(files, directory);
}

/** Locks the pack until the transaction ends. Throws PackFilesChanged. */
async function requireUnchanged(transaction: Transaction, ref: string, expectedStorage: string | null): Promise<void> {
  const pack = await lockPack(transaction, ref);
  if (pack === null || pack.storage !== expectedStorage) throw new PackFilesChanged(ref);
}

async function moveDirectory(staging: string, stored: string, canRetry = true): Promise<void> {
  await mkdir(dirname(stored), { recursive: true });
  try {
    await rename(staging, stored);
  } catch (error) {
    // Removing the pack's last copy has removed the directory in between.
    if (errorCode(error) !== 'ENOENT' || !canRetry) throw error;
    await moveDirectory(staging, stored, false);
  }
}

/** The directories of a deleted pack. `directory` is the platform's. */
export const packFilesToRemove = (directory: string, pack: PackRow): ReplacedFiles[] => {
  const home = dirname(packEnvironmentsDirectory({ directory }, { tenant: pack.tenant, packRef: pack.ref }, 'python'));
  const files = pack.storage === null ? [] : [{ kind: 'registration' as const, path: pack.storage }];
  return [...files, { kind: 'environments', path: home }];
};
