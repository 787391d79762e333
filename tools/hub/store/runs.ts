import type { Insertable, Selectable } from 'kysely';
import type { RunTable, Store, TestTable } from './open-store';

/** A run without its report. */
export type RunSummary = Omit<Selectable<RunTable>, 'key' | 'report'>;

/** A run that is to be stored, with its tests in their order. */
export type NewRun = Omit<Insertable<RunTable>, 'id' | 'key' | 'received'> & { readonly tests: readonly NewTest[] };
export type NewTest = Omit<TestTable, 'run' | 'position'>;

const SUMMARY = [
  ...(['id', 'kind', 'name', 'repository', 'branch', 'commit', 'host', 'outcome', 'failure_code'] as const),
  ...(['exit_code', 'started', 'finished', 'received', 'passed', 'failed', 'skipped'] as const),
] as const;

/** Rows of one statement: PostgreSQL accepts 65535 parameters. */
const ROWS_AT_ONCE = 5_000;

/** Stores a report unless one with its key is stored. Returns the run, and whether it is new. */
export function storeRun(
  store: Store,
  key: string,
  { tests, ...run }: NewRun,
): Promise<{ readonly id: number; readonly isNew: boolean }> {
  return store.transaction().execute(async (transaction) => {
    const inserted = await transaction
      .insertInto('run')
      .values({ key, ...run })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!inserted) {
      const { id } = await transaction.selectFrom('run').select('id').where('key', '=', key).executeTakeFirstOrThrow();
      return { id, isNew: false };
    }
    const rows = tests.map((test, position) => ({ run: inserted.id, position, ...test }));
    for (let n = 0; n < rows.length; n += ROWS_AT_ONCE)
      await transaction
        .insertInto('run_test')
        .values(rows.slice(n, n + ROWS_AT_ONCE))
        .execute();
    return { id: inserted.id, isNew: true };
  });
}

/** Which runs: the newest that match all that is given; below `before`, an id. */
export interface RunFilter {
  readonly repository?: string | undefined;
  readonly branch?: string | undefined;
  readonly outcome?: RunSummary['outcome'] | undefined;
  /** A part of the name, the commit or the host, or of the name of a test that did not pass. */
  readonly text?: string | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export function listRuns(
  store: Store,
  { repository, branch, outcome, text, before, limit }: RunFilter,
): Promise<RunSummary[]> {
  let query = store.selectFrom('run').select(SUMMARY);
  if (repository !== undefined) query = query.where('repository', '=', repository);
  if (branch !== undefined) query = query.where('branch', '=', branch);
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  if (before !== undefined) query = query.where('id', '<', before);
  if (text !== undefined) {
    const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where(({ or, eb, exists, selectFrom }) =>
      or([
        eb('name', 'ilike', pattern),
        eb('commit', 'ilike', pattern),
        eb('host', 'ilike', pattern),
        exists(
          selectFrom('run_test')
            .select('run_test.run')
            .whereRef('run_test.run', '=', 'run.id')
            .where('run_test.outcome', 'in', ['failed', 'flaky'])
            .where('run_test.name', 'ilike', pattern),
        ),
      ]),
    );
  }
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Null: there is no such run. */
export async function getRun(
  store: Store,
  id: number,
): Promise<(RunSummary & { report: Selectable<RunTable>['report'] }) | null> {
  const row = await store
    .selectFrom('run')
    .select([...SUMMARY, 'report'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** The branches of a repository, by name. */
export async function listBranches(store: Store, repository: string): Promise<string[]> {
  const rows = await store
    .selectFrom('run')
    .select('branch')
    .distinct()
    .where('repository', '=', repository)
    .where('branch', 'is not', null)
    .orderBy('branch')
    .execute();
  return rows.map(({ branch }) => branch!);
}

/** Runs of each repository in the list of repositories. */
const RECENT = 20;

/** The repositories by name, each with its newest runs, newest first. */
export async function listRepositories(
  store: Store,
): Promise<{ readonly repository: string; readonly runs: RunSummary[] }[]> {
  const rows = await store
    .selectFrom((query) =>
      query
        .selectFrom('run')
        .select(SUMMARY)
        .select(({ fn }) =>
          fn
            .agg<number>('row_number')
            .over((over) => over.partitionBy('repository').orderBy('id', 'desc'))
            .as('rank'),
        )
        .as('ranked'),
    )
    .select(SUMMARY)
    .where('rank', '<=', RECENT)
    .orderBy('repository')
    .orderBy('id', 'desc')
    .execute();
  const byName = new Map<string, RunSummary[]>();
  for (const row of rows) byName.set(row.repository, [...(byName.get(row.repository) ?? []), row]);
  return [...byName].map(([repository, newest]) => ({ repository, runs: newest }));
}
