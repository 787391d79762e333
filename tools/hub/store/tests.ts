import { sql, type Selectable } from 'kysely';
import type { Store, TestTable } from './open-store';

export type RunTest = Selectable<TestTable>;

/** The tests of some runs that failed, or failed and passed when they ran again. */
export function listUnpassed(store: Store, runs: readonly number[]): Promise<RunTest[]> {
  if (runs.length === 0) return Promise.resolve([]);
  return store
    .selectFrom('run_test')
    .selectAll()
    .where('run', 'in', runs)
    .where('outcome', 'in', ['failed', 'flaky'])
    .orderBy('run')
    .orderBy('position')
    .execute();
}

/** A test that failed and passed without a change of the sources. */
export interface FlakyTest {
  readonly name: string;
  /** Runs of the period that had the test, and those in which it failed at least once. */
  readonly runs: number;
  readonly failures: number;
  /** The newest of these, and when it started. */
  readonly last_run: number;
  readonly last_at: string;
  readonly message: string | null;
}

/**
 * The flaky tests of a repository since some days, those that failed most often first: they passed
 * when they ran again in the same run, or in another run of the same commit.
 */
export async function listFlaky(store: Store, repository: string, days: number): Promise<FlakyTest[]> {
  const { rows } = await sql<FlakyTest>`
    with recent as (
      select t.name, t.outcome, t.message, r.id, r.started, r.commit
      from run r join run_test t on t.run = r.id
      where r.repository = ${repository} and r.started > now() - make_interval(days => ${days})
        and r.outcome <> 'cancelled' and t.outcome <> 'skipped'
    ), by_commit as (
      select name,
        bool_or(outcome = 'flaky')
          or (commit is not null and bool_or(outcome = 'passed') and bool_or(outcome = 'failed')) as is_flaky
      from recent
      group by name, commit, case when commit is null then id end
    )
    select name, count(*)::int as runs,
      (count(*) filter (where outcome <> 'passed'))::int as failures,
      (max(id) filter (where outcome <> 'passed'))::int as last_run,
      max(started) filter (where outcome <> 'passed') as last_at,
      (array_agg(message order by id desc) filter (where outcome <> 'passed'))[1] as message
    from recent
    where name in (select name from by_commit where is_flaky)
    group by name
    order by failures desc, name
    limit 50`.execute(store);
  return rows;
}
