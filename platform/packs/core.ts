import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { SHARED_TENANT } from '../store/database';
import type { Tables } from '../store/tables';
import { readPack } from './read-pack';
import { register } from './register';

/** Any two platforms that start on one database take this lock in turn. */
const CORE_LOCK = 7_041_985;

/** The pack we ship is as we tested it, or the platform does not start. */
export class CorePackBroken extends Error {
  constructor(warnings: readonly string[]) {
    super(`packs/core was not loaded whole: ${warnings.join('; ')}`);
    this.name = 'CorePackBroken';
  }
}

/**
 * Brings the built-in pack of `root`/packs/core into the tenant that all may read; ids stay from start to start. Needs
 * the owner's connections, which no policy holds. Throws CorePackBroken.
 */
export async function ensureCorePack(ownerPool: Pool, root: string): Promise<void> {
  const directory = join(root, 'packs', 'core');
  const files = await readPack(directory, true);
  // Not destroyed: that would end the pool, which is the caller's.
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: ownerPool }) });
  await db.transaction().execute(async (transaction) => {
    await sql.raw(`set local app.tenant = '${SHARED_TENANT}'`).execute(transaction);
    await sql`select pg_advisory_xact_lock(${CORE_LOCK})`.execute(transaction);
    const options = { storage: directory, force: true, standard: true, installer: null };
    const { warnings } = await register(transaction, files, options);
    if (warnings.length > 0) throw new CorePackBroken(warnings);
  });
}
