import type { Selectable } from 'kysely';
import type { SandboxReport } from '../../../contract/sandbox-report';
import type { RunTable, Store } from './open-store';

/** A run without its report. */
export type RunSummary = Omit<Selectable<RunTable>, 'key' | 'report'>;

const SUMMARY = [
  ...(['id', 'name', 'repository', 'branch', 'commit', 'host', 'outcome', 'failure_code', 'exit_code'] as const),
  ...(['started', 'finished', 'received'] as const),
] as const;

/** An interrupted run says nothing of its repository. */
const outcomeOf = ({ interrupted, exit_code: code }: SandboxReport): RunTable['outcome'] =>
  interrupted ? 'cancelled' : code === 0 ? 'passed' : 'failed';

/** Stores a report unless one with its key is stored. Returns the run, and whether it is new. */
export async function storeRun(
  store: Store,
  key: string,
  report: SandboxReport,
): Promise<{ readonly id: number; readonly isNew: boolean }> {
  const { run, repository, host, failure, exit_code, started_at: started, finished_at: finished } = report;
  const inserted = await store
    .insertInto('sandbox_run')
    .values({
      key,
      name: run.name,
      repository: repository.name,
      branch: repository.branch,
      commit: repository.commit,
      host,
      outcome: outcomeOf(report),
      failure_code: failure?.code ?? null,
      exit_code,
      started,
      finished,
      report,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted) return { id: inserted.id, isNew: true };
  const { id } = await store.selectFrom('sandbox_run').select('id').where('key', '=', key).executeTakeFirstOrThrow();
  return { id, isNew: false };
}

/** Which runs: the newest of one repository, or of all; below `before`, an id. */
export interface RunFilter {
  readonly repository?: string;
  readonly before?: number;
  readonly limit: number;
}

/** Newest first. */
export function listRuns(store: Store, { repository, before, limit }: RunFilter): Promise<RunSummary[]> {
  return store
    .selectFrom('sandbox_run')
    .select(SUMMARY)
    .$if(repository !== undefined, (query) => query.where('repository', '=', repository!))
    .$if(before !== undefined, (query) => query.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Null: there is no such run. */
export async function getRun(store: Store, id: number): Promise<(RunSummary & { report: SandboxReport }) | null> {
  const row = await store
    .selectFrom('sandbox_run')
    .select([...SUMMARY, 'report'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
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
        .selectFrom('sandbox_run')
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
