import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { isTerminal, TERMINAL, type Status } from '../../../contract/status';
import { writeJson } from '../../../contract/json-text/write-json';
import { insertSecrets, secretsTaint } from '../../core/secrets/extract-secrets';
import type { Taint } from '../../core/secrets/taint';
import { initialState } from '../../core/workflow/step';
import type { CancellationPolicy } from '../../core/workflow/definition';
import { isHeld, type ChildEnded, type TakenOverTask, type WorkflowState } from '../../core/workflow/types';
import { asJson, epochMs, now, servesExtensions, type Transaction } from '../database/connection';
import type { ExecutionRow } from '../lifecycle/execution-rows';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import { unsealParameterSecrets } from '../secrets/seal-parameters';
import { isCoordinatorAlive, LeaseHeld, RELEASED_LEASE, takenBy } from './coordinator-lease';
import { requireStateSize, type StoredResult } from './item-results';
import type { Suspendable } from '../inquiries/end-inquiry';
import { unsealTakenOver } from './reruns';
import { findCancelledTrees } from './cancel-tree';
import { unsealResult, unsealState, sealState } from '../secrets/seal-state';

/** A running workflow under its locks. */
export interface WorkflowRun {
  readonly id: number;
  readonly execution: ExecutionRow;
  readonly definition: JsonObject;
  readonly ref: string;
  readonly paramSchema: JsonObject | null;
  /** Stored parameters with secrets unsealed. */
  readonly parameters: JsonObject;
  /** What of them was stored as secret. */
  readonly parameterTaint: Taint;
  readonly packConfig: JsonObject;
  readonly packConfigSchema: JsonObject;
  /** Of its output, with what its definition and its action declare secret. */
  readonly outSchema: JsonObject | null;
  /** The pack whose keys its expressions may use, besides the system's; null: it is gone. */
  readonly packRef: string | null;
  /** Permission sets of the caller that saved its definition. */
  readonly savedWithSets: readonly string[];
  /** The identity that saved the definition; null: a program that others wrote, or not known. */
  readonly savedBy: number | null;
  readonly state: WorkflowState;
  /** Of a rerun that has not started: the ends with which it starts. */
  readonly takenOver: readonly TakenOverTask[] | null;
  readonly cancelRequested: boolean;
  readonly pauseRequested: boolean;
  readonly cancelPolicy: CancellationPolicy | null;
  /** When the run's limit passed, where it has and the engine has not processed it. */
  readonly timedOutAt: string | null;
  /** The executor that takes the lease when the run is saved; null: it has the lease. */
  readonly newCoordinator: number | null;
  /** SQL's clock, epoch ms, when the locks were acquired or ends of children were last read. */
  now: number;
  /** Columns of the run's row, once its execution has ended. */
  end: { readonly status: Status; readonly error_message: string | null } | null;
  /** Its execution has been paused: no executor has the lease. */
  isPaused: boolean;
}

/**
 * Locks the execution's row and then the run's: every writer uses this order. Null where it has
 * ended, and for a task of a cancelled workflow until the cancel has reached it. Throws LeaseHeld
 * while another executor coordinates it, UnsealFailed. `isEnding`: without its state and its
 * parameters, whose secrets may be what ends it.
 */
export async function lockWorkflowRun(
  transaction: Transaction,
  execution: number,
  executor: number,
  isEnding = false,
): Promise<WorkflowRun | null> {
  const row = await transaction
    .selectFrom('execution')
    .selectAll()
    .where('id', '=', execution)
    .forUpdate()
    .executeTakeFirst();
  if (!row || isTerminal(row.status)) return null;
  const run = await selectRun(transaction, row);
  if (!run) return null;
  if (run.is_leased && run.coordinator !== executor) throw new LeaseHeld(execution, run);
  const isBelowCancelled = !run.cancel_requested && (await hasCancelledAncestor(transaction, row));
  if (isBelowCancelled && row.workflow_execution !== null) return null;
  const state = isEnding ? initialState() : unsealState(transaction, run, run.state, run.secret_values);
  const secrets = isEnding ? {} : unsealParameterSecrets(transaction, row);
  const isNewRerun = !isEnding && row.rerun_of !== null && state.status === 'requested';
  return {
    id: run.id,
    execution: row,
    definition: run.task_graph,
    ref: row.action_ref,
    paramSchema: run.param_schema,
    parameters: insertSecrets(row.config ?? {}, secrets),
    parameterTaint: secretsTaint(secrets),
    packConfig: run.config ?? {},
    packConfigSchema: run.conf_schema ?? {},
    outSchema: [run.task_graph.output, run.action_out_schema].reduce(withDeclaredSecrets, run.out_schema),
    packRef: run.pack_ref,
    savedWithSets: run.saved_with_sets,
    savedBy: run.saved_by,
    state,
    takenOver: isNewRerun ? await unsealTakenOver(transaction, row) : null,
    cancelRequested: run.cancel_requested || isBelowCancelled,
    pauseRequested: run.pause_requested,
    cancelPolicy: run.cancel_policy as CancellationPolicy | null,
    timedOutAt: run.over_since,
    newCoordinator: run.coordinator === executor ? null : executor,
    now: run.now,
    end: null,
    isPaused: false,
  };
}

/** A schema of the revision `v` that runs; without one, of the workflow `d`. */
const schemaOfRun = <Column extends 'param_schema' | 'out_schema'>(column: Column) => {
  const [workflow, revision] = [sql.ref(`d.${column}`), sql.ref(`v.${column}`)];
  return sql<JsonObject | null>`case when r.revision is null then ${workflow} else ${revision} end`.as(column);
};

const selectRun = (transaction: Transaction, { id, action }: ExecutionRow) =>
  transaction
    .selectFrom('workflow_execution as r')
    .leftJoin('workflow_definition as d', 'd.id', 'r.workflow_def')
    .leftJoin('workflow_revision as v', (join) =>
      join.onRef('v.workflow', '=', 'r.workflow_def').onRef('v.revision', '=', 'r.revision'),
    )
    .leftJoin('pack as p', 'p.id', 'd.pack')
    .leftJoin('action as a', (join) => join.on('a.id', '=', action))
    .leftJoin('executor as x', 'x.id', 'r.coordinator')
    .select(['r.id', 'r.tenant', 'r.task_graph', 'r.state', 'r.secret_values', 'r.cancel_requested', 'r.cancel_policy'])
    .select(['r.pause_requested', 'r.saved_with_sets', 'r.saved_by'])
    .select(sql<string | null>`case when r.due_at <= ${now} then r.due_at end`.as('over_since'))
    .select([
      'r.coordinator',
      'x.instance as owner',
      'x.expires_at as leased_until',
      isCoordinatorAlive.as('is_leased'),
    ])
    .select([schemaOfRun('param_schema'), schemaOfRun('out_schema'), 'a.out_schema as action_out_schema'])
    .select(['p.config', 'p.conf_schema', 'p.ref as pack_ref', epochMs(now).as('now')])
    .where('r.execution', '=', id)
    .executeTakeFirst();

const hasCancelledAncestor = async (transaction: Transaction, { parent }: ExecutionRow): Promise<boolean> =>
  parent !== null && (await findCancelledTrees(transaction, [parent])).size > 0;

/** Ended children that are read at once: each may have a large result. */
export const ENDED_CHILDREN_BATCH = 100;

/**
 * Children whose end the engine has not processed, in the order they ended, a batch at most; marks
 * them as processed. None of them has ended after `run.now` then: a pause counts from their ends.
 * `before`: only those that ended before this instant.
 */
export async function takeEndedChildren(
  transaction: Transaction,
  run: WorkflowRun,
  before: string | null = null,
): Promise<ChildEnded[]> {
  const { rows } = await sql<EndedChildRow>`
    with ended as (
      update execution set settled = true
      where id in (
        select id from execution
        where parent = ${run.execution.id} and not settled and status = any(${[...TERMINAL]}::text[])
          and finished_at < coalesce(${before}::timestamptz, 'infinity')
        order by finished_at, id limit ${ENDED_CHILDREN_BATCH}
      )
      returning id, tenant, task_name, task_index, task_round, retry_count, status, timed_out, result, result_secrets, finished_at
    ) select *, (select ${epochMs(now)}) as read_at from ended order by finished_at, id`.execute(transaction);
  run.now = rows[0]?.read_at ?? run.now;
  return rows.map((row) => toSignal(transaction, row));
}

interface EndedChildRow extends StoredResult {
  readonly task_name: string;
  readonly task_index: number | null;
  readonly task_round: number;
  readonly retry_count: number;
  readonly timed_out: boolean;
  readonly read_at: number;
}

/** The end of a task. Without extensions a program that its limit ended has only failed. */
const toSignal = (transaction: Transaction, row: EndedChildRow): ChildEnded => ({
  type: 'child-ended',
  task: row.task_name,
  index: row.task_index,
  round: row.task_round,
  retry: row.retry_count,
  status: row.status,
  isOverLimit: row.timed_out && row.status === 'failed' && servesExtensions(transaction),
  ...unsealResult(transaction, row),
  undispatched: false,
});

export interface RunningChild extends Suspendable {
  readonly id: number;
  readonly isWorkflow: boolean;
}

/** The children that run or are paused, locked. */
export async function lockRunningChildren(transaction: Transaction, execution: number): Promise<RunningChild[]> {
  return transaction
    .selectFrom('execution as e')
    .leftJoin('workflow_execution as r', 'r.execution', 'e.id')
    .select(['e.id', 'e.status', 'e.worker', 'e.awaits', 'e.result', sql<boolean>`r.id is not null`.as('isWorkflow')])
    .where('e.parent', '=', execution)
    .where('e.status', 'in', ['running', 'paused'])
    .orderBy('e.id')
    .forUpdate('e')
    .execute();
}

const taskNames = (state: WorkflowState, ...statuses: string[]): string[] =>
  Object.entries(state.tasks)
    .filter(([, task]) => statuses.includes(task.status))
    .map(([name]) => name);

/** Writes the engine's state and the columns derived from it. Throws StateTooLarge. */
export async function saveWorkflowRun(transaction: Transaction, run: WorkflowRun, state: WorkflowState): Promise<void> {
  const row = { tenant: run.execution.tenant, id: run.id };
  const { shown: document, secret_values } = sealState(transaction, row, state);
  const stored = writeJson(document);
  requireStateSize(transaction, Buffer.byteLength(stored));
  await transaction
    .updateTable('workflow_execution')
    .set({
      state: stored,
      variables: asJson(document.variables),
      secret_values,
      current_tasks: taskNames(state, 'running'),
      completed_tasks: taskNames(state, 'completed'),
      failed_tasks: taskNames(state, 'failed', 'timeout', 'over_limit'),
      skipped_tasks: taskNames(state, 'skipped'),
      status: state.status,
      paused: isHeld(state),
      ...(state.status === 'canceling' && { pause_requested: false }), // what stops cannot be paused
      ...(run.newCoordinator !== null && takenBy(run.newCoordinator)),
      ...run.end,
      ...((run.end !== null || run.isPaused) && RELEASED_LEASE),
      updated: now,
    })
    .where('id', '=', run.id)
    .execute();
}

/** Schedules the signal that the run's limit has passed, `seconds` after its start. */
export const setWorkflowDeadline = (transaction: Transaction, run: WorkflowRun, seconds: number): Promise<unknown> =>
  sql`update workflow_execution set due_at = coalesce(${run.execution.started_at}::timestamptz, ${now}) + ${seconds} * interval '1 s'
    where id = ${run.id}`.execute(transaction);

/** The engine has processed the limit. */
export const clearWorkflowDeadline = (transaction: Transaction, run: number): Promise<unknown> =>
  transaction.updateTable('workflow_execution').set({ due_at: null }).where('id', '=', run).execute();
