import { sql } from 'kysely';
import { oncePerKey } from '../../base/async/once-per-key';
import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { connectionsIn, type Connections } from '../../core/secrets/connections';
import type { EffectOf, StartChild } from '../../core/workflow/types';
import { asJson, epochMs, now, type Transaction } from '../database/connection';
import type { AttemptOutcome } from '../lifecycle/attempt';
import { invokedEntry, responseEntry } from '../lifecycle/attempt-entries';
import { findActionToExecute, type ActionToExecute } from './executions';
import { sealParameters, unsealParameterSecrets, type SealedParameters } from '../secrets/seal-parameters';
import { isAuthor, limitBelow } from './permission-limit';
import { withPinnedRevision } from './pinned-revision';
import { ENDED_COLUMNS, inheritedFrom, insertExecutions, insertFailed, requestedBy } from './new-execution';
import type { NewLogEntry } from '../lifecycle/execution-log';
import type { WorkflowRun } from './workflow-runs';

/** Rows of one insert: PostgreSQL accepts 65,535 parameters in a statement. */
const CHUNK_ROWS = 500;

/** Looks up each action once while a workflow advances. */
export class ActionCache {
  readonly find: (ref: string) => Promise<ActionToExecute | null>;

  constructor(transaction: Transaction, run: WorkflowRun) {
    this.find = oncePerKey(async (ref) => {
      const action = await findActionToExecute(transaction, ref);
      return action && withPinnedRevision(transaction, run, action);
    });
  }
}

/** The columns of a task that its workflow decides. */
const inheritedColumns = ({ id, execution, savedBy }: WorkflowRun) => ({
  ...inheritedFrom(execution),
  ...requestedBy(execution),
  permission_limit: limitBelow(execution),
  authored_by_executor: execution.authored_by_executor && isAuthor(execution.executor, savedBy),
  env_vars: execution.env_vars && asJson(execution.env_vars),
  workflow_execution: id,
});

const placementJson = (placement: JsonObject, name: string): string | null =>
  placement[name] === undefined || placement[name] === null ? null : asJson(placement[name]);

function childRow(run: WorkflowRun, child: StartChild, action: ActionToExecute, parameters: SealedParameters) {
  return {
    ...inheritedColumns(run),
    action: action.id,
    action_ref: action.ref,
    ...parameters,
    permission_set_refs: [...(child.permissionSetRefs ?? action.permissionSetRefs)],
    worker_selector: placementJson(child.placement, 'worker_selector') ?? inheritedSelector(run),
    worker_tolerations: placementJson(child.placement, 'worker_tolerations'),
    worker_affinity: placementJson(child.placement, 'worker_affinity'),
    task_name: child.task,
    task_index: child.index,
    task_round: child.round,
    task_retries: child.maxRetries,
    triggered_by: child.triggeredBy,
    timeout_seconds: child.timeoutSeconds,
    timeout_level: child.timeoutSeconds === null ? null : 'task',
    released: child.released,
    ...action.pinnedRevision,
  };
}

const inheritedSelector = (run: WorkflowRun): string | null =>
  run.execution.worker_selector && asJson(run.execution.worker_selector);

/** The parameters of a child without input: its parent's, with the same secrets. */
const parentParameters = (transaction: Transaction, { execution }: WorkflowRun) => ({
  parameters: execution.config,
  secrets: unsealParameterSecrets(transaction, execution),
  connections: (execution.connections ?? {}) as Connections,
});

/** A child and the action that it runs. */
export interface ChildToInsert {
  readonly child: StartChild;
  readonly action: ActionToExecute;
}

const sealChildren = (
  transaction: Transaction,
  run: WorkflowRun,
  children: readonly ChildToInsert[],
): Promise<SealedParameters[]> => {
  const inheritedParameters = parentParameters(transaction, run);
  const parameters = children.map(({ child, action }) => ({
    schema: action.paramSchema,
    ...(child.input ? { parameters: child.input, connections: connectionsIn(child.secrets) } : inheritedParameters),
  }));
  return sealParameters(transaction, run.execution.tenant, parameters);
};

/** Inserts children, `requested`, in the given order. */
export async function insertChildren(
  transaction: Transaction,
  run: WorkflowRun,
  children: readonly ChildToInsert[],
): Promise<void> {
  for (let start = 0; start < children.length; start += CHUNK_ROWS) {
    const chunk = children.slice(start, start + CHUNK_ROWS);
    const parameters = await sealChildren(transaction, run, chunk);
    const rows = chunk.map(({ child, action }, index) => childRow(run, child, action, parameters[index]!));
    await insertExecutions(transaction, rows).execute();
  }
}

/** A child that ended at once, and the worker to which it is attributed. */
export interface EndedChildToInsert extends ChildToInsert {
  readonly worker: number;
  readonly outcome: AttemptOutcome;
}

/**
 * Inserts children, in the given order, as their first attempts ended: with the columns and the
 * log entries of attempts by a worker, after the entries `log`. All have the same status, exit
 * code and error. Returns their end by SQL's clock, epoch ms.
 */
export async function insertEndedChildren(
  transaction: Transaction,
  run: WorkflowRun,
  children: readonly EndedChildToInsert[],
  log: readonly NewLogEntry[],
): Promise<number> {
  const chunk = children.slice(0, CHUNK_ROWS);
  const parameters = await sealChildren(transaction, run, chunk);
  const clock = sql<string>`(select at from clock)`;
  const rows = chunk.map(({ child, action, worker, outcome }, index) => ({
    ...childRow(run, child, action, parameters[index]!),
    worker,
    attempt: 1,
    status: outcome.status,
    settled: true,
    timeout_level: null,
    created: clock,
    updated: clock,
    started_at: clock,
    finished_at: clock,
    result: asJson(outcome.result),
    stdout_tail: outcome.stdoutTail,
    stderr_tail: outcome.stderrTail,
  }));
  const inserted = insertExecutions(transaction, rows).returning(ENDED_COLUMNS);
  const entries = [invokedEntry(1), responseEntry(children[0]!.outcome)]; // the workflow logs the rest
  const { rows: clocks } = await sql<{ ms: number }>`
    with clock as materialized (select ${now} as at), changed as (${inserted}), logged as (
      insert into execution_event (root, execution, worker, type, payload)
      select root, execution, worker, entry->>'type', coalesce(entry->'payload', '{}') from (
        select (entry->>'root')::bigint as root, (entry->>'execution')::bigint as execution,
          (entry->>'worker')::bigint as worker, entry, position, 0 as child
        from json_array_elements(${writeJson(log)}::json) with ordinality x(entry, position)
        union all
        select c.root, c.id, c.worker, entry, position, c.id
        from changed c, json_array_elements(${writeJson(entries)}::json) with ordinality x(entry, position)
      ) each order by child, position
    ) select ${epochMs(sql`at`)} as ms from clock`.execute(transaction);
  const left = children.slice(CHUNK_ROWS);
  return left.length === 0 ? clocks[0]!.ms : insertEndedChildren(transaction, run, left, []);
}

/**
 * Stores a child that cannot be dispatched: `failed`, never started, with the cause in its result.
 */
export const insertUndispatched = (
  transaction: Transaction,
  run: WorkflowRun,
  { action, task, index, round, triggeredBy, code, error }: EffectOf<'record-undispatched'>,
): Promise<number> =>
  insertFailed(
    transaction,
    {
      ...inheritedColumns(run),
      action_ref: action,
      task_name: task,
      task_index: index,
      task_round: round,
      triggered_by: triggeredBy,
    },
    { code, error },
  );

/** Releases an item, so that it can be dispatched. */
export const releaseItem = (
  transaction: Transaction,
  run: number,
  { task, index, round }: EffectOf<'release-item'>,
): Promise<unknown> =>
  sql`update execution set released = true, updated = ${now}
    where workflow_execution = ${run} and task_name = ${task} and task_index = ${index} and task_round = ${round}
      and status = 'requested' and not released`.execute(transaction);
