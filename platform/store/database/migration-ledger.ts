import type { PoolClient } from 'pg';
import { DatabaseRefused } from './database-refused';
import { sha256Hex } from './sha256';
import type { MigrationSet, SqlFile } from './sql-files';

/** The name of the files in `platform/store/schema` and `platform/store/migrations`. */
export const PLATFORM_SET = 'platform';

/** The name of all files of a baseline together. */
export const BASELINE = 'baseline';

/** Of the names and texts of all files, so that none can be changed, added or removed. */
export const baselineChecksum = (files: readonly SqlFile[]): string =>
  sha256Hex(files.map(({ name, checksum }) => `${name} ${checksum}\n`).join(''));

/** An applied file, as it was recorded. */
interface AppliedFile {
  /** Which migrations the file is one of. */
  readonly set: string;
  /** Of the text that was run; null: by a build that stored none. */
  readonly checksum: string | null;
  /** Hash of the program that ran it; null: not known. */
  readonly build: string | null;
}

/** Applied files by name. */
export type MigrationLedger = ReadonlyMap<string, AppliedFile>;

/** The ledgers of builds without a baseline have this one. */
const FIRST_OF_EARLIER_BUILDS = '0001-foundation.sql';

/**
 * Reads the ledger of any earlier version: without sets, builds or checksums. Null: the database
 * has none. Changes nothing.
 */
export async function readLedger(client: PoolClient): Promise<MigrationLedger | null> {
  const columns = await ledgerColumns(client);
  if (!columns.includes('name') || !columns.includes('applied')) return null;
  const { rows } = await client.query<AppliedFile & { name: string }>(
    `select name::text, coalesce(to_jsonb(m) ->> 'migration_set', $1) as set, to_jsonb(m) ->> 'checksum' as checksum,
      to_jsonb(m) ->> 'build' as build from public.migration m order by name`,
    [PLATFORM_SET],
  );
  const ledger = new Map(rows.map(({ name, ...applied }) => [name, applied]));
  return columns.includes('migration_set') || ledger.has(FIRST_OF_EARLIER_BUILDS) ? ledger : null;
}

async function ledgerColumns(client: PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname::text as name from pg_attribute
     where attrelid = to_regclass('public.migration') and attnum > 0 and not attisdropped`,
  );
  return rows.map(({ name }) => name);
}

/** Throws MIGRATION_SET_CONFLICT where files of other migrations were applied. */
export function requireOwnSet(ledger: MigrationLedger, own: string): void {
  const other = [...ledger].find(([, { set }]) => set !== own);
  if (other === undefined) return;
  const [name, { set }] = other;
  throw new DatabaseRefused(
    'MIGRATION_SET_CONFLICT',
    `this database has the migrations of the set ${set} (${name}), and not those of the set ${own}`,
    'name a database of its own for each',
  );
}

/** Throws MIGRATION_MISSING where the tables are those of a build without a baseline. */
export function requireBaseline(ledger: MigrationLedger): void {
  if (ledger.size === 0 || ledger.has(BASELINE)) return;
  const [last, { build }] = [...ledger].at(-1)!;
  throw new DatabaseRefused(
    'MIGRATION_MISSING',
    `the tables of this database are those of an earlier build (its last migration is ${last}, ` +
      `applied by build ${build ?? 'unknown'}), which this build cannot change`,
    'start that build, or begin with an empty database or another --data directory',
  );
}

/**
 * Throws MIGRATION_MISSING, which names every applied file that is missing, else
 * MIGRATION_MODIFIED, which names every one that was edited.
 */
export function requireUnchanged(ledger: MigrationLedger, { name: set, baseline, migrations }: MigrationSet): void {
  const checksums = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  if (baseline.length > 0) checksums.set(BASELINE, baselineChecksum(baseline));
  const missing = [...ledger].filter(([name]) => !checksums.has(name));
  if (missing.length > 0) throw missingError(missing, set);
  const edited = [...ledger].flatMap(([name, { checksum }]) => {
    const current = checksums.get(name)!;
    return checksum === current ? [] : [`${name}: applied ${checksum}, now ${current}`];
  });
  if (edited.length === 0) return;
  throw new DatabaseRefused(
    'MIGRATION_MODIFIED',
    `applied migrations of the set ${set} were edited: ${edited.join('; ')}`,
    'start the build that applied them, or drop and create this database again if it is a test database',
  );
}

const missingError = (missing: readonly (readonly [string, AppliedFile])[], set: string) =>
  new DatabaseRefused(
    'MIGRATION_MISSING',
    `applied migrations of the set ${set} are missing: ` +
      missing.map(([name, { build }]) => `${name}, applied by build ${build ?? 'unknown'}`).join('; '),
    'start the build that applied them, or a later one',
  );

/** Creates the ledger of a set. */
export const ensureLedger = (client: PoolClient, set: string): Promise<unknown> =>
  client.query(`
    create table if not exists migration (name text primary key, applied timestamptz not null default now(),
      checksum text, build text, migration_set text not null default ${client.escapeLiteral(set)});
    create table if not exists migration_function (name text primary key, checksum text not null)`);

/** Reads the checksums of the function files that were run. */
export async function readFunctionLedger(client: PoolClient): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from migration_function',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** Records that this build applied a file, or the baseline. */
export const recordMigration = (
  client: PoolClient,
  { name, checksum }: Pick<SqlFile, 'name' | 'checksum'>,
  build: string | null,
): Promise<unknown> =>
  client.query('insert into migration (name, checksum, build) values ($1, $2, $3)', [name, checksum, build]);

/** Records the text of a function file that was run. */
export const recordFunction = (client: PoolClient, { name, checksum }: SqlFile): Promise<unknown> =>
  client.query(
    `insert into migration_function (name, checksum) values ($1, $2)
    on conflict (name) do update set checksum = excluded.checksum`,
    [name, checksum],
  );
