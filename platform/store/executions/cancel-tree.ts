import { sql } from 'kysely';
import { TERMINAL, WITHOUT_PROCESS, type Status } from '../../../contract/status';
import { CANCELLED_RESULT } from '../../core/workflow/finish';
import { now, type Transaction } from '../database/connection';
import { cancellation } from '../lifecycle/cancelled-result';
import { transition } from '../lifecycle/lifecycle';

/** The error of a child that was cancelled with its workflow. */
export const PARENT_CANCELLED = 'Cancelled: parent workflow execution was cancelled';

const MARKS: readonly Status[] = ['canceling', 'cancelled'];

/**
 * Which of these executions were cancelled, or have an ancestor that was: nothing is created or
 * dispatched below them.
 */
export async function findCancelledTrees(
  transaction: Transaction,
  executions: readonly number[],
): Promise<ReadonlySet<number>> {
  if (executions.length === 0) return new Set();
  const { rows } = await sql<{ below: number }>`
    with recursive line(below, parent, is_cancelled) as (
      select id, parent, status = any(${[...MARKS]}::text[]) from execution where id = any(${executions}::bigint[])
      union all
      select line.below, e.parent, e.status = any(${[...MARKS]}::text[])
      from line join execution e on e.id = line.parent where not line.is_cancelled
    ) select below from line where is_cancelled`.execute(transaction);
  return new Set(rows.map(({ below }) => below));
}

/** A descendant that has not ended. */
interface OpenDescendant {
  readonly id: number;
  readonly parent: number;
  readonly status: Status;
  /** False for an item that waits for the concurrency limit of its task. A pause holds others. */
  readonly wasStarted: boolean;
  readonly isWorkflow: boolean;
}

/**
 * Ends everything below a workflow that no process or inquiry keeps open, in a few statements: a
 * tree that grows while each of its workflows is cancelled alone may never end. The caller has
 * locked the workflow's execution, and processes the ends of its own children.
 */
export async function cancelIdleDescendants(
  transaction: Transaction,
  execution: number,
  stoppedAfter: number | null,
): Promise<void> {
  const { unstarted, idle } = splitTree(await lockOpenDescendants(transaction, execution));
  const endsWithParent = new Set(idle.map(({ id }) => id));
  const columns = { stopped_after: stoppedAfter };
  const end = async (rows: readonly OpenDescendant[], result: { readonly error: string; succeeded?: boolean }) => {
    const change = { ...cancellation(result, stoppedAfter), isByParent: true };
    const [settled, open] = [true, false].map((ends) =>
      idsOf(rows.filter(({ parent }) => endsWithParent.has(parent) === ends)),
    );
    await transition(transaction, settled!, 'cancelled', { ...change, columns: { ...columns, settled: true } });
    await transition(transaction, open!, 'cancelled', { ...change, columns });
  };
  await end(unstarted, { error: PARENT_CANCELLED });
  await end(idle, CANCELLED_RESULT);
  const steps = [...unstarted, ...idle].filter(({ parent, wasStarted }) => endsWithParent.has(parent) && wasStarted);
  await endRuns(transaction, idsOf(idle), idsOf(steps));
}

/** `p`: the run of the step `e`, whose state has the first item that it has not released. */
const WAS_STARTED = sql<boolean>`(e.released or e.task_index is null or e.retry_count > 0
  or e.task_index < (p.state #>> array['tasks', e.task_name, 'items', 'next'])::int) is true`;

const idsOf = (rows: readonly OpenDescendant[]): number[] => rows.map(({ id }) => id);

/**
 * Locks in order of id: an ancestor before its descendants, as every writer does. Repeated until
 * no workflow has created a child meanwhile.
 */
async function lockOpenDescendants(transaction: Transaction, execution: number): Promise<OpenDescendant[]> {
  for (;;) {
    const { rows: lockedRows } = await sql<{ id: number }>`
      ${openDescendants(execution)} select e.id from below join execution e on e.id = below.id
      order by e.id for update of e`.execute(transaction);
    const { rows } = await sql<OpenDescendant>`
      ${openDescendants(execution)} select e.id, e.parent, e.status, r.id is not null as "isWorkflow",
        ${WAS_STARTED} as "wasStarted"
      from below join execution e on e.id = below.id left join workflow_execution r on r.execution = e.id
        join workflow_execution p on p.id = e.workflow_execution
      order by e.id`.execute(transaction);
    const locked = new Set(lockedRows.map(({ id }) => id));
    if (rows.every(({ id }) => locked.has(id))) return rows;
  }
}

const openDescendants = (execution: number) => sql`
  with recursive below(id) as (
    select id from execution where parent = ${execution} and workflow_execution is not null
      and status <> all(${[...TERMINAL]}::text[])
    union all
    select e.id from below join execution e on e.parent = below.id
    where e.workflow_execution is not null and e.status <> all(${[...TERMINAL]}::text[])
  )`;

/** `idle`: workflows without a process or an inquiry below them. */
function splitTree(rows: readonly OpenDescendant[]): Record<'unstarted' | 'idle', OpenDescendant[]> {
  const unstarted: OpenDescendant[] = [];
  const idle: OpenDescendant[] = [];
  const keptOpen = new Set<number>();
  for (const row of [...rows].reverse()) {
    if (WITHOUT_PROCESS.includes(row.status)) unstarted.push(row);
    else if (row.isWorkflow && !keptOpen.has(row.id)) idle.push(row);
    else keptOpen.add(row.parent);
  }
  return { unstarted: unstarted.reverse(), idle: idle.reverse() };
}

/**
 * Writes what the engine writes at the end of a cancelled run; the tasks in its state stay as they
 * were. `steps`: the children that end with it. Those that had ended before, and that the run had
 * not processed, are logged as well.
 */
async function endRuns(
  transaction: Transaction,
  executions: readonly number[],
  steps: readonly number[],
): Promise<void> {
  if (executions.length === 0) return;
  await sql`update workflow_execution set status = 'cancelled', error_message = ${CANCELLED_RESULT.error},
      cancel_requested = true, failed_tasks = failed_tasks || current_tasks, current_tasks = '{}', updated = ${now}
    where execution = any(${executions}::bigint[])`.execute(transaction);
  await sql`with unprocessed as (
      update execution e set settled = true from workflow_execution p
      where e.parent = any(${executions}::bigint[]) and p.id = e.workflow_execution and not e.settled
      returning e.id, ${WAS_STARTED} as was_started)
    insert into execution_event (root, execution, type, payload)
    select c.root, c.parent,
      case c.status when 'completed' then 'STEP_COMPLETED' when 'cancelled' then 'STEP_CANCELLED' else 'STEP_FAILED' end,
      json_strip_nulls(json_build_object(
        'task', c.task_name, 'index', c.task_index, 'status', nullif(c.status, 'completed')))
    from execution c
    where c.id = any(${steps}::bigint[]) or c.id in (select id from unprocessed where was_started)
    order by c.id`.execute(transaction);
}
