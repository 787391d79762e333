import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { removeSpentLogs } from '../../../platform/executor/log-retention';
import { streamLogOf } from '../../../platform/worker/surroundings';
import { withDatabase } from '../with-database';

const DAY_S = 86_400;
const directory = mkdtempSync(join(tmpdir(), 'retention-'));
const database = withDatabase();
afterAll(() => rmSync(directory, { recursive: true }));

const made = (status: string, policy: string | null, limit: number | null, action = 'demo.act'): Promise<number> =>
  database().db.inTenant(1, async (transaction) => {
    const { rows } = await sql<{ id: number }>`
      insert into execution (action_ref, status, artifact_retention_policy, artifact_retention_limit)
      values (${action}, ${status}, ${policy}, ${limit}) returning id`.execute(transaction);
    return rows[0]!.id;
  });

/** Its log, last written so long ago. */
function logOf(execution: number, ageSeconds: number): string {
  const path = streamLogOf({ directory }, { tenant: 1, execution, attempt: 1 }, 'stderr');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'said');
  const at = Date.now() / 1_000 - ageSeconds;
  utimesSync(path, at, at);
  return path;
}

const sweepOf = async (paths: readonly string[]): Promise<boolean[]> => {
  await removeSpentLogs(database().db, directory, pino({ enabled: false }));
  return paths.map(existsSync);
};

test('a log is kept for a week, or for as long as was asked', async () => {
  const paths = [
    logOf(await made('completed', null, null), 6.9 * DAY_S),
    logOf(await made('failed', null, null), 7.1 * DAY_S),
    logOf(await made('completed', 'hours', 2), 1.9 * 3_600),
    logOf(await made('completed', 'hours', 2), 2.1 * 3_600),
    logOf(await made('completed', 'days', 30), 29 * DAY_S),
  ];
  expect(await sweepOf(paths)).toEqual([true, false, true, false, true]);
});

test('of an action that keeps two, the newest two stay', async () => {
  const ids = [1, 2, 3].map(() => made('completed', 'versions', 2, 'demo.versioned'));
  const paths = (await Promise.all(ids)).sort((a, b) => a - b).map((id) => logOf(id, 0));
  expect(await sweepOf(paths)).toEqual([false, true, true]);
});

test('what still runs keeps its log, and what is gone does not', async () => {
  const paths = [logOf(await made('running', 'minutes', 1), DAY_S), logOf(999_999, 0)];
  expect(await sweepOf(paths)).toEqual([true, false]);
});
