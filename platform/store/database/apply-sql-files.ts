import { basename } from 'node:path';
import type { DatabaseError, PoolClient } from 'pg';
import { errorCode } from '../../base/error-details';
import { DatabaseRefused } from './database-refused';
import { isLostConnection } from './lost-connection';
import {
  BASELINE,
  baselineChecksum,
  readFunctionLedger,
  recordFunction,
  recordMigration,
  type MigrationLedger,
} from './migration-ledger';
import type { MigrationSet, SqlFile } from './sql-files';

/** Functions that the schema and migrations call, each after those that its file calls. */
export const SCHEMA_HELPERS: readonly string[] = [
  'expose_function.sql',
  'liveness_now.sql',
  'tenant_instant.sql',
  'tenant_now.sql',
  'platform_now.sql',
  'app_tenant.sql',
  'isolate_table.sql',
  'isolate_shared_table.sql',
];

/**
 * Runs what is not applied yet or has changed: the helpers of the schema, the baseline, the
 * migrations, then the functions with their triggers, each in order of name. `build`: hash of this
 * program; null: not known. `beforeUpgrade`: before a database of another build is changed.
 */
export async function applySqlFiles(
  client: PoolClient,
  ledger: MigrationLedger,
  { baseline, migrations, functions }: MigrationSet,
  build: string | null,
  beforeUpgrade?: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const applied = await readFunctionLedger(client);
  const changed = functions.filter(({ name, checksum }) => applied.get(name) !== checksum);
  const pending = migrations.filter(({ name }) => !ledger.has(name));
  if (ledger.size > 0 && changed.length + pending.length > 0) await beforeUpgrade?.(client);
  await applyFunctions(
    client,
    SCHEMA_HELPERS.flatMap((helper) => changed.filter(({ name }) => name === helper)),
  );
  if (baseline.length > 0 && !ledger.has(BASELINE)) {
    for (const file of baseline) await runFile(client, 'schema file', file);
    await recordMigration(client, { name: BASELINE, checksum: baselineChecksum(baseline) }, build);
  }
  for (const file of pending) {
    await runFile(client, 'migration', file);
    await recordMigration(client, file, build);
  }
  await applyFunctions(
    client,
    changed.filter(({ name }) => !SCHEMA_HELPERS.includes(name)),
  );
  await client.query('delete from migration_function where name <> all ($1::text[])', [
    functions.map(({ name }) => name),
  ]);
}

/** Bodies are not checked, so that a function may call one of a later file. */
async function applyFunctions(client: PoolClient, files: readonly SqlFile[]): Promise<void> {
  await client.query('set local check_function_bodies = off');
  for (const file of files) {
    await replaceFunction(client, file);
    await recordFunction(client, file);
  }
}

/** PostgreSQL replaces no function by one with other columns or names of parameters. */
const NOT_REPLACEABLE = '42P13';

/** Runs the file of a function. One with another result is dropped: nothing depends on it. */
async function replaceFunction(client: PoolClient, file: SqlFile): Promise<void> {
  await client.query('savepoint function_file');
  try {
    await runFile(client, 'function file', file);
  } catch (error) {
    if (!(error instanceof Error) || errorCode(error.cause) !== NOT_REPLACEABLE) throw error;
    await client.query('rollback to savepoint function_file');
    await client.query(`drop function ${client.escapeIdentifier(basename(file.name, '.sql'))}`);
    await runFile(client, 'function file', file);
  }
  await client.query('release savepoint function_file');
}

/** Throws MIGRATION_FAILED, and the error of a connection that is lost. */
async function runFile(client: PoolClient, kind: string, { name, text }: SqlFile): Promise<void> {
  try {
    await client.query(text);
  } catch (error) {
    if (isLostConnection(error)) throw error;
    const problem = `${kind} ${name} failed: ${failureOf(error)}; the database is unchanged`;
    throw new DatabaseRefused('MIGRATION_FAILED', problem, REMEDY, { cause: error });
  }
}

const REMEDY = 'correct what the server reports and start again, or start the build that ran before';

/** The server's message with its code, and what it says about it, on one line. */
function failureOf(error: unknown): string {
  const { message, code, detail } = error as Partial<DatabaseError>;
  return [`${message ?? String(error)} (${code ?? 'no code'})`, detail].filter(Boolean).join('; ').replace(/\s+/g, ' ');
}
