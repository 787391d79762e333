import { messageOf } from '../errors';
import type { TestRecord } from '../scenario/test-records';
import { openTargetDatabase } from '../target/target-database';
import type { RunFacts } from '../target/run-facts';

/**
 * One line with what the run asked of the platform that the suite started for it alone: the
 * requests of the tests, and all transactions of its database from its start on.
 */
export async function loadLines(
  { kind, databaseUrl }: Pick<RunFacts, 'kind' | 'databaseUrl'>,
  records: readonly Pick<TestRecord, 'class' | 'requests'>[],
): Promise<string[]> {
  const proven = records.filter(({ class: outcome }) => outcome === 'passed');
  if (kind !== 'started' || databaseUrl === null || proven.length === 0) return [];
  const requests = proven.reduce((sum, { requests: sent = 0 }) => sum + sent, 0);
  const each = (count: number): string => `${count}, ${Math.round(count / proven.length)} a test`;
  const transactions = await countTransactions(databaseUrl).then(each, (error: unknown) => messageOf(error));
  return [`Load:        requests ${each(requests)}; transactions ${transactions}`];
}

async function countTransactions(url: string): Promise<number> {
  await using database = await openTargetDatabase(url);
  const [row] = await database.query<{ count: number }>(
    'select sum(xact_commit + xact_rollback)::float8 as count from pg_stat_database',
  );
  return row!.count;
}
