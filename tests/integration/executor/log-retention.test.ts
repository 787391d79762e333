import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { removeExpiredLogs } from '../../../platform/executor/retention/expired-logs';
import { streamLogPath } from '../../../platform/base/directories';
import { withDatabase } from '../database/with-database';
import { testDirectory } from '../../test-directory';

const DAY_S = 86_400;
const directory = testDirectory();
const database = withDatabase();

const insertExecution = (
  status: string,
  policy: string | null,
  limit: number | null,
  action = 'demo.act',
): Promise<number> =>
  database().db.inTenant(1, async (transaction) => {
    const { rows } = await sql<{ id: number }>`
      insert into execution (action_ref, status, artifact_retention_policy, artifact_retention_limit)
      values (${action}, ${status}, ${policy}, ${limit}) returning id`.execute(transaction);
    return rows[0]!.id;
  });

/** Writes a log file with the modification time of `ageSeconds` ago. */
function writeLog(execution: number, ageSeconds: number): string {
  const path = streamLogPath({ directory }, { tenant: 1, execution, attempt: 1 }, 'stderr');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'text');
  const writtenAt = Date.now() / 1_000 - ageSeconds;
  utimesSync(path, writtenAt, writtenAt);
  return path;
}

const survivorsOf = async (paths: readonly string[]): Promise<boolean[]> => {
  await removeExpiredLogs(database().db, directory, pino({ enabled: false }));
  return paths.map(existsSync);
};

test('a log is kept for a week or for the retention of its action', async () => {
  const paths = [
    writeLog(await insertExecution('completed', null, null), 6.9 * DAY_S),
    writeLog(await insertExecution('failed', null, null), 7.1 * DAY_S),
    writeLog(await insertExecution('completed', 'hours', 2), 1.9 * 3_600),
    writeLog(await insertExecution('completed', 'hours', 2), 2.1 * 3_600),
    writeLog(await insertExecution('completed', 'days', 30), 29 * DAY_S),
  ];
  expect(await survivorsOf(paths)).toEqual([true, false, true, false, true]);
});

test('an action that keeps two versions keeps the newest two', async () => {
  const ids = [1, 2, 3].map(() => insertExecution('completed', 'versions', 2, 'demo.versioned'));
  const paths = (await Promise.all(ids)).sort((a, b) => a - b).map((id) => writeLog(id, 0));
  expect(await survivorsOf(paths)).toEqual([false, true, true]);
});

test('a running execution keeps its log, a deleted one does not', async () => {
  const paths = [writeLog(await insertExecution('running', 'minutes', 1), DAY_S), writeLog(999_999, 0)];
  expect(await survivorsOf(paths)).toEqual([true, false]);
});
