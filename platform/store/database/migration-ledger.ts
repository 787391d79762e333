import type { PoolClient } from 'pg';
import type { SqlFile } from './sql-files';

/**
 * Applied files by name, with the checksum of the text that was run; null when it was run before
 * checksums were stored.
 */
export type MigrationLedger = ReadonlyMap<string, string | null>;

/** The files on disk are not those that this database was migrated with. */
class MigrationMismatch extends Error {
  constructor(problems: readonly string[]) {
    super(`${problems.join('; ')}: start the version of the platform that this database was last migrated with`);
    this.name = 'MigrationMismatch';
  }
}

/**
 * Reads the ledger of any earlier version: without the table, or without the checksums. Changes
 * nothing.
 */
export async function readLedger(client: PoolClient): Promise<MigrationLedger> {
  const { rows: tables } = await client.query<{ exists: boolean }>(
    `select to_regclass('public.migration') is not null as exists`,
  );
  if (!tables[0]!.exists) return new Map();
  const { rows } = await client.query<{ name: string; checksum: string | null }>(
    `select name, to_jsonb(migration) ->> 'checksum' as checksum from migration order by name`,
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** Throws MigrationMismatch, which names every applied file that is missing or was edited. */
export function requireUnchanged(ledger: MigrationLedger, files: readonly SqlFile[]): void {
  const checksums = new Map(files.map(({ name, checksum }) => [name, checksum]));
  const problems = [...ledger].flatMap(([name, applied]) => {
    const current = checksums.get(name);
    if (current === undefined) return [`applied migration ${name} is missing`];
    return applied === null || applied === current ? [] : [`applied migration ${name} was edited`];
  });
  if (problems.length > 0) throw new MigrationMismatch(problems);
}

/** Creates the ledger, or adds to that of an earlier version what it lacks. */
export const ensureLedger = (client: PoolClient): Promise<unknown> =>
  client.query(`
    create table if not exists migration (name text primary key, applied timestamptz not null default now());
    alter table migration add column if not exists checksum text;
    create table if not exists migration_function (name text primary key, checksum text not null)`);

/** Reads the function files that were run. */
export async function readFunctionLedger(client: PoolClient): Promise<MigrationLedger> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from migration_function',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/** Records that a file was applied, or the checksum of one that was applied without it. */
export const recordMigration = (client: PoolClient, file: SqlFile): Promise<unknown> =>
  recordChecksum(client, 'migration', file);

/** Records the text of a function file that was run. */
export const recordFunction = (client: PoolClient, file: SqlFile): Promise<unknown> =>
  recordChecksum(client, 'migration_function', file);

const recordChecksum = (
  client: PoolClient,
  table: 'migration' | 'migration_function',
  { name, checksum }: SqlFile,
): Promise<unknown> =>
  client.query(
    `insert into ${table} (name, checksum) values ($1, $2)
    on conflict (name) do update set checksum = excluded.checksum`,
    [name, checksum],
  );
