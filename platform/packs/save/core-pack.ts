import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { rememberedDigest, sourceDigest } from '../../../bin/content-cache';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { SHARED_TENANT } from '../../store/database/connection';
import { ADVISORY_LOCKS } from '../../store/database/advisory-locks';
import type { Tables } from '../../store/database/tables';
import { readPack } from '../read/pack';
import { registerPack } from './register';

/** The standard pack must be loaded completely, or the platform does not start. */
class CorePackError extends Error {
  constructor(warnings: readonly string[]) {
    super(`packs/core was not loaded whole: ${warnings.join('; ')}`);
    this.name = 'CorePackError';
  }
}

/** Name of the setting that has from what the standard pack of the database was registered. */
const SETTING = 'standard_pack';
/** Of the code that registers a pack: this room, and what it may import. */
const SOURCES = [
  ...['packs', 'store', 'core', 'base', 'egress', 'files'].map((room) => `platform/${room}`),
  'contract',
  'node_modules/.package-lock.json',
];

interface CorePackSource {
  /** The project, with the pack in `packs/core`. */
  readonly root: string;
  /** Identifies this program; null: it is not known, and the pack is registered in any case. */
  readonly build: string | null;
}

/** From what the standard pack of a database was registered. */
interface Registered {
  readonly build: string | null;
  readonly pack: string;
  readonly sources: string;
}

/**
 * Registers the standard pack in the shared tenant, unless the same sources have registered the
 * same files there; ids stay the same. Needs the owner's connections, which row-level security
 * does not restrict. Throws CorePackError.
 */
export async function ensureCorePack(ownerPool: Pool, { root, build }: CorePackSource): Promise<void> {
  const directory = join(root, 'packs', 'core');
  const pack = `${directory} ${sourceDigest(directory, ['.'])}`;
  // Not destroyed: that would end the caller's pool.
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: ownerPool }) });
  const before = build === null ? null : await readRegistered(db);
  if (before?.pack === pack && before.build === build) return;
  const sources = rememberedDigest(root, SOURCES);
  if (before?.pack === pack && before.sources === sources) return;
  const value = writeJson({ build, pack, sources } satisfies Registered);
  const files = await readPack(directory, true);
  await db.transaction().execute(async (transaction) => {
    await sql.raw(`set local app.tenant = '${SHARED_TENANT}'`).execute(transaction);
    await sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.corePack})`.execute(transaction);
    const options = {
      storage: directory,
      storedBytes: 0,
      fileDigests: null,
      force: true,
      standard: true,
      installer: null,
      approve: null,
    };
    const { warnings } = await registerPack(transaction, files, options);
    if (warnings.length > 0) throw new CorePackError(warnings);
    await transaction
      .insertInto('setting')
      .values({ name: SETTING, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  });
}

/** Null: it was not registered, or by a version that kept something else. */
async function readRegistered(db: Kysely<Tables>): Promise<Registered | null> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return row?.value.startsWith('{') ? (parseJsonText(row.value) as Registered) : null;
}
