import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { hostNow } from '../../base/clock';
import { removeLogs } from '../../store/artifacts/artifacts';
import type { Database } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { errorCode, ignoreCodes } from '../../base/error-details';
import { allLogsDirectory, logsDirectory } from '../../base/directories';

const LOG_FILE_NAME = /^(\d+)\.\d+\.(stdout|stderr)\.log$/;
/** Executions of one statement. */
const BATCH = 1_000;

interface LogFiles {
  paths: string[];
  /** Since the last write. */
  ageSeconds: number;
}

/**
 * Removes the log files of executions whose retention has passed (the action's, or a week) or that
 * are deleted, after the artifacts that refer to them. `directory` is the platform's. Never
 * rejects: files that cannot be removed are tried again in the next pass, and do not stop others.
 */
export async function removeExpiredLogs(db: Database, directory: string, log: Logger): Promise<void> {
  const isolation = new RowIsolation(); // of one pass
  const onError = (error: unknown) => log.warn({ err: error }, 'could not remove expired logs');
  try {
    await isolation.runEach(
      await listTenants(allLogsDirectory({ directory })),
      (tenant) => ({ tenant }),
      async (tenant) => {
        const logFiles = [...(await listLogFiles(logsDirectory({ directory }, { tenant })))];
        for (let offset = 0; offset < logFiles.length; offset += BATCH) {
          const expired = await findExpired(db, tenant, new Map(logFiles.slice(offset, offset + BATCH)));
          await isolation.runEach(
            expired,
            ({ execution }) => ({ tenant, execution }),
            ({ paths }) => removeFiles(paths),
            onError,
          );
        }
      },
      onError,
    );
  } catch (error) {
    onError(error);
  }
}

const listNames = (directory: string): Promise<string[]> =>
  readdir(directory).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });

const listTenants = async (directory: string): Promise<number[]> =>
  (await listNames(directory)).filter((name) => /^\d+$/.test(name)).map(Number);

/** Log files by execution. */
async function listLogFiles(directory: string): Promise<Map<number, LogFiles>> {
  const found = new Map<number, LogFiles>();
  const now = hostNow();
  for (const name of await listNames(directory)) {
    const [, id] = LOG_FILE_NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(directory, name);
    const status = await stat(path).catch(ignoreCodes('ENOENT')); // removed since
    if (status === undefined) continue;
    const ageSeconds = (now - status.mtimeMs) / 1_000;
    const known = found.get(Number(id)) ?? { paths: [], ageSeconds };
    found.set(Number(id), { paths: [...known.paths, path], ageSeconds: Math.min(known.ageSeconds, ageSeconds) });
  }
  return found;
}

interface ExpiredFiles {
  readonly execution: number;
  readonly paths: readonly string[];
}

/** Removes the artifacts that refer to the files. */
async function findExpired(
  db: Database,
  tenant: number,
  logFiles: ReadonlyMap<number, LogFiles>,
): Promise<ExpiredFiles[]> {
  const ids = [...logFiles.keys()];
  const ages = [...logFiles.values()].map(({ ageSeconds }) => ageSeconds);
  const expired = await db.inTenant(tenant, async (transaction) => {
    const { rows } = await sql<{ id: number }>`
      select expired_logs(${ids}::bigint[], ${ages}::double precision[]) as id`.execute(transaction);
    if (rows.length > 0)
      await removeLogs(
        transaction,
        rows.map(({ id }) => id),
      );
    return rows;
  });
  return expired.map(({ id }) => ({ execution: id, paths: logFiles.get(id)?.paths ?? [] }));
}

async function removeFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}
