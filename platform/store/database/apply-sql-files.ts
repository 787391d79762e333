import type { PoolClient } from 'pg';
import { readFunctionLedger, recordFunction, recordMigration, type MigrationLedger } from './migration-ledger';
import type { SqlFile } from './sql-files';

/** Functions that numbered migrations call. */
const MIGRATION_HELPERS: readonly string[] = ['expose_function.sql', 'isolate_table.sql'];

interface SqlFiles {
  readonly migrations: readonly SqlFile[];
  readonly functions: readonly SqlFile[];
  /** Hash of this program; null: not known. */
  readonly build: string | null;
}

/**
 * Runs the files that have changed: the helpers of migrations, the numbered files that are not
 * applied yet, then the functions, each in order of name.
 */
export async function applySqlFiles(
  client: PoolClient,
  ledger: MigrationLedger,
  { migrations, functions, build }: SqlFiles,
): Promise<void> {
  const applied = await readFunctionLedger(client);
  const changed = functions.filter(({ name, checksum }) => applied.get(name) !== checksum);
  const isHelper = ({ name }: SqlFile) => MIGRATION_HELPERS.includes(name);
  await applyFunctions(client, changed.filter(isHelper));
  await applyMigrations(client, ledger, { migrations, build });
  await applyFunctions(
    client,
    changed.filter((file) => !isHelper(file)),
  );
  await client.query('delete from migration_function where name <> all ($1::text[])', [
    functions.map(({ name }) => name),
  ]);
}

async function applyMigrations(
  client: PoolClient,
  ledger: MigrationLedger,
  { migrations, build }: Pick<SqlFiles, 'migrations' | 'build'>,
): Promise<void> {
  for (const file of migrations) {
    if (!ledger.has(file.name)) await runFile(client, 'migration', file);
    if (ledger.get(file.name)?.checksum !== file.checksum) await recordMigration(client, file, build);
  }
}

/** Bodies are not checked, so that a function may call one of a later file. */
async function applyFunctions(client: PoolClient, files: readonly SqlFile[]): Promise<void> {
  await client.query('set local check_function_bodies = off');
  for (const file of files) {
    await runFile(client, 'function file', file);
    await recordFunction(client, file);
  }
}

async function runFile(client: PoolClient, kind: string, { name, text }: SqlFile): Promise<void> {
  try {
    await client.query(text);
  } catch (error) {
    throw new Error(`${kind} ${name} failed: ${String(error)}`, { cause: error });
  }
}
