import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import { isTerminal, TERMINAL, WAITING, type Status } from '../../contract/status';
import type { Taint } from '../core/template/taint';
import type { CancellationPolicy, ChildEnded, ItemsCollected, State } from '../core/workflow/types';
import { asJson, now, type Transaction } from './database';
import type { ExecutionRow } from './execution-rows';
import { copySecrets, restore, secretsOf } from './secret-parameters';
import { stoppedResult } from './stopped';
import { openResult, openState, sealResult, sealState } from './tainted-values';

/** A running workflow under its locks. */
export interface Run {
  readonly id: number;
  readonly execution: ExecutionRow;
  readonly document: JsonObject;
  readonly ref: string;
  readonly paramSchema: JsonObject | null;
  /** Stored parameters with the secret ones in their places. */
  readonly parameters: JsonObject;
  readonly packConfig: JsonObject;
  readonly packConfigSchema: JsonObject;
  /** Whose keys its expressions see beside the system's. */
  readonly packRef: string;
  readonly state: State;
  readonly cancelRequested: boolean;
  readonly cancelPolicy: CancellationPolicy | null;
  /** When the limit of the whole run passed, if it has and the engine has not been told. */
  readonly overSince: string | null;
  /** SQL's clock at the moment the locks were held, epoch ms. */
  readonly now: number;
}

/** The execution's row first, then its workflow's: whoever stops or ends it takes them in the same order. Null when it is over. */
export async function lockRun(transaction: Transaction, execution: number): Promise<Run | null> {
  const row = await transaction
    .selectFrom('execution')
    .selectAll()
    .where('id', '=', execution)
    .forUpdate()
    .executeTakeFirst();
  if (!row || isTerminal(row.status)) return null;
  const run = await transaction
    .selectFrom('workflow_execution as r')
    .leftJoin('workflow_definition as d', 'd.id', 'r.workflow_def')
    .leftJoin('pack as p', 'p.id', 'd.pack')
    .select(['r.id', 'r.tenant', 'r.task_graph', 'r.state', 'r.secret_values', 'r.cancel_requested', 'r.cancel_policy'])
    .select(sql<string | null>`case when r.due_at <= ${now} then r.due_at end`.as('over_since'))
    .select([
      'd.param_schema',
      'p.config',
      'p.conf_schema',
      'p.ref as pack_ref',
      sql<number>`(extract(epoch from ${now}) * 1000)::double precision`.as('now'),
    ])
    .where('r.execution', '=', execution)
    .executeTakeFirst();
  if (!run) return null;
  return {
    id: run.id,
    execution: row,
    document: run.task_graph,
    ref: row.action_ref,
    paramSchema: run.param_schema,
    parameters: restore(row.config ?? {}, secretsOf(transaction, row)),
    packConfig: run.config ?? {},
    packConfigSchema: run.conf_schema ?? {},
    packRef: run.pack_ref ?? row.action_ref.split('.')[0]!,
    state: openState(transaction, run, run.state, run.secret_values),
    cancelRequested: run.cancel_requested,
    cancelPolicy: run.cancel_policy as CancellationPolicy | null,
    overSince: run.over_since,
    now: run.now,
  };
}

/**
 * Children whose end the engine has not yet taken into account, in the order they ended; they count as taken from now.
 * `before`: only those that ended sooner than this instant.
 */
export async function takeEnded(
  transaction: Transaction,
  execution: number,
  before: string | null = null,
): Promise<ChildEnded[]> {
  const { rows } = await sql<EndedRow>`
    with ended as (
      update execution set settled = true
      where parent = ${execution} and not settled and status = any(${[...TERMINAL]}::text[])
        and finished_at < coalesce(${before}::timestamptz, 'infinity')
      returning id, tenant, task_name, task_index, retry_count, status, result, result_secrets, finished_at
    ) select * from ended order by finished_at, id`.execute(transaction);
  return rows.map((row) => signalOf(transaction, row));
}

interface EndedRow extends StoredResult {
  readonly task_name: string;
  readonly task_index: number | null;
  readonly retry_count: number;
}

interface StoredResult {
  readonly id: number;
  readonly tenant: number;
  readonly status: ChildEnded['status'];
  readonly result: ChildEnded['result'];
  readonly result_secrets: string | null;
}

const signalOf = (transaction: Transaction, row: EndedRow): ChildEnded => ({
  type: 'child-ended',
  task: row.task_name,
  index: row.task_index,
  retry: row.retry_count,
  status: row.status,
  ...openResult(transaction, row),
  undispatched: false,
});

/** How every item of a task ended, by its last attempt, in order of index. */
export async function collectItems(transaction: Transaction, run: number, task: string): Promise<ItemsCollected> {
  const { rows } = await sql<StoredResult>`
    select distinct on (task_index) id, tenant, status, result, result_secrets from execution
    where workflow_execution = ${run} and task_name = ${task} and task_index is not null
    order by task_index, retry_count desc`.execute(transaction);
  const items = rows.map((row) => ({ status: row.status, ...openResult(transaction, row) }));
  return { type: 'items-collected', task, items };
}

/** The next waiting item may go. */
export const releaseItem = (transaction: Transaction, run: number, task: string, index: number): Promise<unknown> =>
  sql`update execution set released = true, updated = ${now}
    where workflow_execution = ${run} and task_name = ${task} and task_index = ${index}
      and status = 'requested' and not released`.execute(transaction);

export interface NextAttempt {
  readonly task: string;
  readonly index: number | null;
  readonly retry: number;
  readonly reason: 'failed' | 'timeout';
  /** Epoch ms. */
  readonly notBefore: number;
}

/** Another attempt: an execution of its own with the same action, parameters and lineage, linked to the first. */
export async function insertRetry(transaction: Transaction, run: number, next: NextAttempt): Promise<void> {
  const { rows } = await sql<{
    id: number;
    first: number;
  }>`insert into execution (tenant, root, action, action_ref, config, env_vars, parent, enforcement, rule_ref, trigger_ref,
      executor, permission_set_refs, artifact_retention_policy, artifact_retention_limit, worker_selector,
      worker_tolerations, worker_affinity, workflow_execution, task_name, task_index, task_retries, triggered_by,
      timeout_seconds, timeout_level, retry_count, max_retries, retry_reason, original_execution, due_at)
    select tenant, root, action, action_ref, config, env_vars, parent, enforcement, rule_ref, trigger_ref,
      executor, permission_set_refs, artifact_retention_policy, artifact_retention_limit, worker_selector,
      worker_tolerations, worker_affinity, workflow_execution, task_name, task_index, task_retries, triggered_by,
      timeout_seconds, case when timeout_seconds is null then null else 'task' end, ${next.retry}, task_retries,
      ${next.reason}, id, to_timestamp(${next.notBefore / 1000}::double precision)
    from execution where workflow_execution = ${run} and task_name = ${next.task}
      and task_index is not distinct from ${next.index}::int and retry_count = 0
    on conflict do nothing returning id, original_execution as first`.execute(transaction);
  for (const { id, first } of rows) await copySecrets(transaction, first, id);
}

/** What a child says that ended with its workflow. */
export const PARENT_CANCELLED = 'Cancelled: parent workflow execution was cancelled';

/** Children that have not started end `cancelled`; their ends are the engine's to take. */
export async function cancelWaiting(
  transaction: Transaction,
  execution: number,
  stoppedAfter: number | null,
): Promise<void> {
  const ended = await transaction
    .updateTable('execution')
    .set({
      status: 'cancelled',
      result: asJson(stoppedResult({ error: PARENT_CANCELLED }, stoppedAfter)),
      timeout_level: stoppedAfter === null ? null : 'workflow',
      finished_at: now,
      updated: now,
    })
    .where('parent', '=', execution)
    .where('workflow_execution', 'is not', null)
    .where('status', 'in', [...WAITING])
    .returning('id')
    .execute();
  const leases = ended.map(({ id }) => `execution:${id}`);
  if (leases.length > 0) await transaction.deleteFrom('lease').where('resource', 'in', leases).execute();
}

export interface RunningChild {
  readonly id: number;
  readonly worker: number | null;
  readonly isWorkflow: boolean;
  /** The inquiry it asked, if any. */
  readonly awaits: number | null;
}

/** Children that are at work. */
export async function runningChildren(transaction: Transaction, execution: number): Promise<RunningChild[]> {
  return transaction
    .selectFrom('execution as e')
    .leftJoin('workflow_execution as r', 'r.execution', 'e.id')
    .select(['e.id', 'e.worker', 'e.awaits', sql<boolean>`r.id is not null`.as('isWorkflow')])
    .where('e.parent', '=', execution)
    .where('e.status', '=', 'running')
    .orderBy('e.id')
    .execute();
}

/** `stoppedAfter`: the workflow's limit, seconds, where that is why. */
export const markCanceling = (
  transaction: Transaction,
  execution: number,
  stoppedAfter: number | null,
): Promise<unknown> =>
  transaction
    .updateTable('execution')
    .set({ status: 'canceling', stopped_after: stoppedAfter, updated: now })
    .where('id', '=', execution)
    .where('status', '=', 'running')
    .execute();

const named = (state: State, ...statuses: string[]): string[] =>
  Object.entries(state.tasks)
    .filter(([, task]) => statuses.includes(task.status))
    .map(([name]) => name);

/** Writes the engine's state and the columns that show it. */
export async function saveRun(transaction: Transaction, run: Run, state: State): Promise<void> {
  const row = { tenant: run.execution.tenant, id: run.id };
  const { shown, secret_values } = sealState(transaction, row, state);
  await transaction
    .updateTable('workflow_execution')
    .set({
      state: JSON.stringify(shown),
      variables: asJson(shown.variables),
      secret_values,
      current_tasks: named(state, 'running'),
      completed_tasks: named(state, 'completed'),
      failed_tasks: named(state, 'failed', 'timeout'),
      skipped_tasks: named(state, 'skipped'),
      status: state.status,
      updated: now,
    })
    .where('id', '=', run.id)
    .execute();
}

/** Has the engine told so many seconds after the run began that its limit has passed. */
export const setLimit = (transaction: Transaction, run: Run, seconds: number): Promise<unknown> =>
  sql`update workflow_execution set due_at = coalesce(${run.execution.started_at}::timestamptz, ${now}) + ${seconds} * interval '1 s'
    where id = ${run.id}`.execute(transaction);

/** The engine has been told. */
export const clearLimit = (transaction: Transaction, run: number): Promise<unknown> =>
  transaction.updateTable('workflow_execution').set({ due_at: null }).where('id', '=', run).execute();

/** Ends the workflow's own execution. */
export async function endRun(
  transaction: Transaction,
  run: Run,
  status: Extract<Status, 'completed' | 'failed' | 'cancelled'>,
  result: JsonObject,
  { timedOut = false, secrets = null }: { readonly timedOut?: boolean; readonly secrets?: Taint } = {},
): Promise<void> {
  const byLimit = timedOut || (status === 'cancelled' && run.execution.stopped_after !== null);
  const sealed = sealResult(transaction, run.execution, result, secrets);
  await transaction
    .updateTable('execution')
    .set({ status, result: sealed.result, result_secrets: sealed.result_secrets, finished_at: now, updated: now })
    .set({ timed_out: timedOut, timeout_level: byLimit ? 'workflow' : null })
    .where('id', '=', run.execution.id)
    .execute();
  await transaction
    .updateTable('workflow_execution')
    .set({ error_message: typeof result.error === 'string' ? result.error : null })
    .where('id', '=', run.id)
    .execute();
}
