import { join } from 'node:path';
import { Kysely, PostgresDialect, type Generated } from 'kysely';
import type { SandboxReport } from '../../../contract/sandbox-report';
import { projectRoot } from '../../../platform/base/directories';
import { openPool } from '../../../platform/store/database/connection';
import { migrateSet } from '../../../platform/store/database/migrate';
import { readSqlFiles } from '../../../platform/store/database/sql-files';

export interface RunTable {
  id: Generated<number>;
  key: string;
  name: string;
  repository: string;
  branch: string | null;
  commit: string | null;
  host: string;
  outcome: 'passed' | 'failed' | 'cancelled';
  failure_code: string | null;
  exit_code: number;
  /** RFC 3339, as the columns below. */
  started: string;
  finished: string;
  received: Generated<string>;
  report: SandboxReport;
}

/** The database of a hub. */
export type Store = Kysely<{ sandbox_run: RunTable }>;

const MAX_CONNECTIONS = 5;

/** Brings a database up to date. Throws DatabaseRefused for that of another program. */
export async function openStore(url: string): Promise<Store> {
  const migrations = await readSqlFiles(join(projectRoot(), 'tools/hub/store'));
  await migrateSet(url, { name: 'hub', baseline: [], migrations, functions: [] }, null);
  return new Kysely({ dialect: new PostgresDialect({ pool: openPool(url, MAX_CONNECTIONS) }) });
}
