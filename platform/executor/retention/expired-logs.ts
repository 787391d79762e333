import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { hostNow } from '../../base/clock';
import { removeLogs } from '../../store/artifacts/artifacts';
import type { Database } from '../../store/database/connection';
import { errorCode } from '../../base/error-details';
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
 * rejects: files that cannot be removed are tried again in the next pass.
 */
export async function removeExpiredLogs(db: Database, directory: string, log: Logger): Promise<void> {
  try {
    for (const tenant of await listTenants(allLogsDirectory({ directory }))) {
      const logFiles = [...(await listLogFiles(logsDirectory({ directory }, { tenant })))];
      for (let offset = 0; offset < logFiles.length; offset += BATCH)
        await removeExpired(db, tenant, new Map(logFiles.slice(offset, offset + BATCH)));
    }
  } catch (error) {
    log.warn({ err: error }, 'could not remove expired logs');
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
    const ageSeconds = (now - (await stat(path)).mtimeMs) / 1_000;
    const known = found.get(Number(id)) ?? { paths: [], ageSeconds };
    found.set(Number(id), { paths: [...known.paths, path], ageSeconds: Math.min(known.ageSeconds, ageSeconds) });
  }
  return found;
}

async function removeExpired(db: Database, tenant: number, logFiles: ReadonlyMap<number, LogFiles>): Promise<void> {
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
  for (const path of expired.flatMap(({ id }) => logFiles.get(id)?.paths ?? [])) await rm(path, { force: true });
}
