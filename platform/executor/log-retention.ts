import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { hostNow } from '../clock';
import { forgetLogs } from '../store/artifacts';
import type { Database } from '../store/database';
import { codeOf } from '../worker/faults';
import { logsOf } from '../worker/surroundings';

const FILE = /^(\d+)\.\d+\.(stdout|stderr)\.log$/;
/** Executions asked about in one statement. */
const BATCH = 1_000;

interface Kept {
  paths: string[];
  /** Since anything was written. */
  seconds: number;
}

/**
 * Removes the streams of executions that were kept for as long as their action says, or a week, and of those that are
 * gone, after the artifacts that lead to them. `directory` is the platform's. Never rejects: what cannot be removed now is looked at again.
 */
export async function removeSpentLogs(db: Database, directory: string, log: Logger): Promise<void> {
  try {
    for (const tenant of await tenantsIn(join(directory, 'logs'))) {
      const kept = [...(await keptIn(logsOf(directory, tenant)))];
      for (let at = 0; at < kept.length; at += BATCH) await removeOf(db, tenant, new Map(kept.slice(at, at + BATCH)));
    }
  } catch (error) {
    log.warn({ err: error }, 'could not look for logs that were kept long enough');
  }
}

const namesIn = (directory: string): Promise<string[]> =>
  readdir(directory).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });

const tenantsIn = async (directory: string): Promise<number[]> =>
  (await namesIn(directory)).filter((name) => /^\d+$/.test(name)).map(Number);

/** By execution. */
async function keptIn(directory: string): Promise<Map<number, Kept>> {
  const found = new Map<number, Kept>();
  const now = hostNow();
  for (const name of await namesIn(directory)) {
    const [, id] = FILE.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(directory, name);
    const seconds = (now - (await stat(path)).mtimeMs) / 1_000;
    const known = found.get(Number(id)) ?? { paths: [], seconds };
    found.set(Number(id), { paths: [...known.paths, path], seconds: Math.min(known.seconds, seconds) });
  }
  return found;
}

async function removeOf(db: Database, tenant: number, kept: ReadonlyMap<number, Kept>): Promise<void> {
  const ids = [...kept.keys()];
  const ages = [...kept.values()].map(({ seconds }) => seconds);
  const spent = await db.inTenant(tenant, async (transaction) => {
    const { rows } = await sql<{ id: number }>`
      select spent_logs(${ids}::bigint[], ${ages}::double precision[]) as id`.execute(transaction);
    if (rows.length > 0)
      await forgetLogs(
        transaction,
        rows.map(({ id }) => id),
      );
    return rows;
  });
  for (const path of spent.flatMap(({ id }) => kept.get(id)?.paths ?? [])) await rm(path, { force: true });
}
