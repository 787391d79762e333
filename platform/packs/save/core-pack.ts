import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { SHARED_TENANT } from '../../store/database/connection';
import { ADVISORY_LOCKS } from '../../store/database/advisory-locks';
import type { Tables } from '../../store/database/tables';
import { readPack, type PackFiles } from '../read/pack';
import { registerPack } from './register';

/** The standard pack must be loaded completely, or the platform does not start. */
class CorePackError extends Error {
  constructor(warnings: readonly string[]) {
    super(`packs/core was not loaded whole: ${warnings.join('; ')}`);
    this.name = 'CorePackError';
  }
}

interface CorePack {
  readonly directory: string;
  readonly files: PackFiles;
}

/** Reads the standard pack of the project in `root`. */
export async function readCorePack(root: string): Promise<CorePack> {
  const directory = join(root, 'packs', 'core');
  return { directory, files: await readPack(directory, true) };
}

/**
 * Registers the standard pack in the shared tenant; ids stay the same. Needs the owner's
 * connections, which row-level security does not restrict. Throws CorePackError.
 */
export async function ensureCorePack(ownerPool: Pool, { directory, files }: CorePack): Promise<void> {
  // Not destroyed: that would end the caller's pool.
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: ownerPool }) });
  await db.transaction().execute(async (transaction) => {
    await sql.raw(`set local app.tenant = '${SHARED_TENANT}'`).execute(transaction);
    await sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.corePack})`.execute(transaction);
    const options = {
      ...{ storage: directory, storedBytes: 0, fileDigests: null },
      ...{ force: true, standard: true, installer: null, approve: null },
    };
    const { warnings } = await registerPack(transaction, files, options);
    if (warnings.length > 0) throw new CorePackError(warnings);
  });
}
