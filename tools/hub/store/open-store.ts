import { join } from 'node:path';
import { Kysely, PostgresDialect, type Generated } from 'kysely';
import { projectRoot } from '../../../platform/base/directories';
import { openPool } from '../../../platform/store/database/connection';
import { migrateSet } from '../../../platform/store/database/migrate';
import { readSqlFiles } from '../../../platform/store/database/sql-files';
import type { StoredReport } from './stored-report';

export interface RunTable {
  id: Generated<number>;
  /** Of the post: the same one is stored once. */
  key: string;
  kind: 'sandbox' | 'suite';
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
  /** Tests; null: not known. */
  passed: number | null;
  failed: number | null;
  skipped: number | null;
  report: StoredReport;
}

export interface TestTable {
  run: number;
  position: number;
  name: string;
  file: string | null;
  outcome: 'passed' | 'failed' | 'flaky' | 'skipped';
  seconds: number | null;
  message: string | null;
}

/** The database of a hub. */
export type Store = Kysely<{ run: RunTable; run_test: TestTable }>;

const MAX_CONNECTIONS = 5;

/** Brings a database up to date. Throws DatabaseRefused for that of another program. */
export async function openStore(url: string): Promise<Store> {
  const migrations = await readSqlFiles(join(projectRoot(), 'tools/hub/store'));
  await migrateSet(url, { name: 'hub', baseline: [], migrations, functions: [] }, null);
  return new Kysely({ dialect: new PostgresDialect({ pool: openPool(url, MAX_CONNECTIONS) }) });
}
