import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { TERMINAL, type Status } from '../../../contract/status';
import { loadStored } from '../../core/workflow/load/load-stored';
import type { WaitingFacts, WaitingRun } from '../../core/waiting/facts';
import { now, livenessNow, toRfc3339, type Transaction } from '../database/connection';
import { isCoordinatorAlive } from './coordinator-lease';

/** The rows of a tree that decide why its executions wait, of one snapshot. */
export interface WaitingRows extends Omit<WaitingFacts, 'limits' | 'fits'> {
  readonly status: Status;
  /** When a row of the tree changed last. */
  readonly since: string;
  /** Open executions with a process. */
  readonly running: readonly number[];
  /** Those that an executor may place on a worker. */
  readonly placeable: readonly number[];
}

interface StoredRun extends Omit<WaitingRun, 'definition'> {
  readonly ref: string;
  readonly task_graph: JsonObject;
}

type SnapshotRow = Pick<
  WaitingRows,
  'executions' | 'inquiries' | 'leases' | 'workers' | 'turns' | 'environments' | 'since' | 'status'
> & {
  readonly runs: readonly StoredRun[];
};

/** Of the rows `open`. */
const TURNS = sql`(select json_agg(x) from slot_turns(array(
  select distinct worker from open where status = 'scheduled' and worker is not null)) x
  where x.execution in (select id from open))`;

/** All in one statement: rows of several would contradict each other. */
export async function loadWaitingRows(transaction: Transaction, id: number): Promise<WaitingRows> {
  const { rows } = await sql<{ snapshot: SnapshotRow }>`
    with tree as materialized (
      select * from execution e where e.root = (select root from execution where id = ${id})
    ), open as materialized (
      select * from tree e where e.status <> all(${[...TERMINAL]}::text[]) or (not e.settled and e.parent is not null)
    ), run as (
      select r.execution, r.pause_requested, r.updated, r.due_at, coalesce(r.due_at <= ${now}, false) as is_over,
        case when e.timeout_level = 'request' then e.timeout_seconds end as requested_seconds,
        r.task_graph, e.action_ref as ref,
        case when ${isCoordinatorAlive} then x.instance end as coordinator,
        coalesce((select json_object_agg(key, json_build_object('status', value->'status', 'arrivals', value->'arrivals'))
          from json_each(r.state->'tasks')), '{}') as tasks
      from open e join workflow_execution r on r.execution = e.id left join executor x on x.id = r.coordinator
    ), held as (
      select l.owner, substring(l.resource from 11)::bigint as execution, l.acquired_at, l.expires_at,
        l.expires_at > ${livenessNow} as is_held
      from lease l where l.resource like 'execution:%'
        and (l.resource in (select 'execution:' || id from open) or l.owner in (select worker from open))
    )
    select json_build_object('status', (select status from tree where id = ${id}),
      'since', (select max(updated) from (
        select updated from tree union all select r.updated from workflow_execution r join tree on tree.id = r.execution
        union all select i.updated from inquiry i join tree on tree.id = i.execution) x),
      'executions', coalesce((select json_agg(x order by x.id) from (
        select id, parent, status, worker, awaits, task_name, task_index, task_round, retry_count, task_retries,
          retry_reason, original_execution, due_at, coalesce(due_at > ${now}, false) as is_planned, released, settled,
          started_at, finished_at, termination_reason, created, updated,
          exists (select from worker_crash_suspect s where s.execution = open.id and s.suspicions >= 2) as runs_alone
        from open) x), '[]'),
      'runs', coalesce((select json_agg(run) from run), '[]'),
      'inquiries', coalesce((select json_agg(x) from (
        select i.id, i.execution, i.status, i.assigned_to, i.timeout_at,
          coalesce(i.timeout_at <= ${now}, false) as is_overdue, i.created, i.updated
        from inquiry i join open on open.id = i.execution) x), '[]'),
      'leases', coalesce((select json_agg(held) from held where held.execution in (select id from open)), '[]'),
      'workers', coalesce((select json_agg(x) from (
        select w.id, w.name, w.slots, w.kind = 'external' as is_external, worker_held_slots(w.id) as used,
          coalesce((select json_agg(held.execution order by held.execution) from held
            where held.owner = w.id and held.is_held), '[]') as holders
        from worker w where w.id in (select worker from open)) x), '[]'),
      'turns', coalesce(${TURNS}, '[]'),
      'environments', coalesce((select json_agg(x) from (
        select open.id as execution, n.id, p.ref as pack_ref, n.runtime, n.status, n.updated
        from open join action a on a.id = open.action join pack p on p.id = a.pack
          join environment n on n.pack = p.id and n.runtime = regexp_replace(a.runtime_ref, '^.*\\.', '')
        where open.status = 'scheduled' and n.status <> 'ready') x), '[]')
    ) as snapshot`.execute(transaction);
  const { runs, ...snapshot } = withInstants(rows[0]!.snapshot);
  return {
    ...snapshot,
    runs: runs.map(({ task_graph, ref, ...run }) => ({ ...run, definition: loadStored(task_graph, ref) })),
    running: snapshot.executions.flatMap(({ id, worker, started_at }) =>
      worker !== null && started_at !== null ? [id] : [],
    ),
    placeable: snapshot.executions.flatMap(({ id, status, released, is_planned }) =>
      status === 'requested' && released && !is_planned ? [id] : [],
    ),
  };
}

/** The instants of columns, which are inside JSON here, as those of other statements. */
const withInstants = ({ status, since, ...lists }: SnapshotRow): SnapshotRow => ({
  status,
  since: toRfc3339(since),
  executions: lists.executions.map(toInstants),
  runs: lists.runs.map(toInstants),
  inquiries: lists.inquiries.map(toInstants),
  leases: lists.leases.map(toInstants),
  workers: lists.workers,
  turns: lists.turns,
  environments: lists.environments.map(toInstants),
});

const INSTANT_COLUMNS = [
  'due_at',
  'started_at',
  'finished_at',
  'created',
  'updated',
  'timeout_at',
  'acquired_at',
  'expires_at',
];

const toInstants = <T extends object>(row: T): T =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name,
      INSTANT_COLUMNS.includes(name) && typeof value === 'string' ? toRfc3339(value) : value,
    ]),
  ) as T;
