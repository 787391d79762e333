import { sql, type InsertObject } from 'kysely';
import type { Execute, Execution } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import type { SecretsByPointer } from '../../core/secrets/extract-secrets';
import type { Connections } from '../../core/secrets/connections';
import type { EffectOf } from '../../core/workflow/types';
import { asJson, now, type Transaction } from '../database/connection';
import { dispatchNotification } from '../database/notify';
import type { Tables } from '../database/tables';
import { toExecution, type ExecutionRow } from '../lifecycle/execution-rows';
import { storableResult } from '../lifecycle/result-extensions';
import { logged } from '../lifecycle/transition-sql';
import { copySecrets, sealParameters } from '../secrets/seal-parameters';
import type { ActionToExecute } from './executions';
import { insertRerun, type NewRerun } from './reruns';

type NewRow = InsertObject<Tables, 'execution'>;

/** Inserts rows of `execution`: no other file does, and no other statement but that of a retry. */
export const insertExecutions = (transaction: Transaction, rows: NewRow | readonly NewRow[]) =>
  transaction.insertInto('execution').values(rows);

/** A place in a chain of causes: the correlation id is passed on, as a lookup would be slow. */
export type Chain = Pick<ExecutionRow, 'correlation_id' | 'causation_depth'>;

/** The place of what an execution causes: a task, an execution, an event or an item of a queue. */
export const causedBy = ({ correlation_id, causation_depth }: Chain): Chain => ({
  correlation_id,
  causation_depth: causation_depth + 1,
});

/** What requests an execution, as columns. Without a chain, the execution starts one. */
export type Origin = Partial<Chain> &
  Pick<NewRow, 'parent' | 'root' | 'enforcement' | 'rule_ref' | 'trigger_ref' | 'queue_dispatch'>;

export const requestedBy = (parent: ExecutionRow) => ({ parent: parent.id, root: parent.root, ...causedBy(parent) });

/** Columns that a task has from its workflow, beside the place in the chain. */
// oxfmt-ignore
const INHERITED = [
  'enforcement', 'rule_ref', 'trigger_ref', 'executor', 'artifact_retention_policy', 'artifact_retention_limit',
] as const;

export const inheritedFrom = (row: ExecutionRow) =>
  Object.fromEntries(INHERITED.map((name) => [name, row[name]])) as Pick<ExecutionRow, (typeof INHERITED)[number]>;

/** Columns that a retry has from the first attempt. */
// oxfmt-ignore
const RETRIED: readonly (keyof ExecutionRow)[] = [
  ...INHERITED,
  'tenant', 'parent', 'root', 'correlation_id', 'causation_depth', 'workflow_execution',
  'action', 'action_ref', 'config', 'connections', 'env_vars', 'timeout_seconds',
  'permission_set_refs', 'permission_limit', 'authored_by_executor',
  'worker_selector', 'worker_tolerations', 'worker_affinity',
  'task_name', 'task_index', 'task_round', 'task_retries', 'triggered_by',
  'revision', 'plan_digest', 'current_plan_digest',
];

/** A compiled revision of a workflow to run, with values of its variables. */
export interface StrictRun {
  readonly revision: number;
  /** Null: of a revision that was not compiled, which a rerun of a nested workflow may have. */
  readonly planDigest: string | null;
  /** What a compile would give now; null: it would fail. */
  readonly currentPlanDigest: string | null;
  readonly variables: JsonObject;
}

/** An execution to request. */
export interface NewExecution extends Omit<Execute, 'action_ref'> {
  readonly action: ActionToExecute;
  readonly tenant: number;
  readonly executor: number | null;
  readonly origin: Origin;
  /** Absent: what the workflow's row shows when it starts. */
  readonly strict?: StrictRun;
  /** The external worker that alone may run it. */
  readonly addressedTo?: number;
  /** References to keys among the parameters, with the keys that they may read. */
  readonly connections?: Connections;
  /** Secrets of the parameters that were removed from them before. */
  readonly secrets?: SecretsByPointer;
  /** It takes over the finished tasks of another execution. */
  readonly rerun?: NewRerun;
  /** Sets beyond which nothing below it goes; null: only what the executor holds limits them. */
  readonly permissionLimit: readonly string[] | null;
  /** Its executor has saved all that leads to it. */
  readonly isAuthoredByExecutor: boolean;
}

const toJsonOrNull = (value: object | null | undefined): string | null =>
  value === undefined || value === null ? null : writeJson(value);

/**
 * Inserts an execution, `requested`, and notifies the dispatcher, unless the caller dispatches it.
 * Parameters are not validated; secret ones are sealed.
 */
export async function requestExecution(
  transaction: Transaction,
  input: NewExecution,
  notifies = true,
): Promise<Execution> {
  const [parameters] = await sealParameters(transaction, input.tenant, [
    {
      schema: input.action.paramSchema,
      parameters: input.parameters ?? null,
      ...(input.connections && { connections: input.connections }),
      ...(input.secrets && { secrets: input.secrets }),
    },
  ]);
  const row = await insertExecutions(transaction, {
    ...input.origin,
    tenant: input.tenant,
    action: input.action.id,
    action_ref: input.action.ref,
    ...parameters,
    env_vars: toJsonOrNull(input.env_vars),
    settled: true,
    ...(input.strict && strictColumns(input.strict)),
    rerun_of: input.rerun?.of.execution ?? null,
    rerun_task: input.rerun?.of.task ?? null,
    executor: input.executor,
    addressed_to: input.addressedTo ?? null,
    permission_set_refs: [...(input.permission_set_refs ?? input.action.permissionSetRefs)],
    permission_limit: input.permissionLimit && [...input.permissionLimit],
    authored_by_executor: input.isAuthoredByExecutor,
    artifact_retention_policy: input.artifact_retention_policy ?? null,
    artifact_retention_limit: input.artifact_retention_limit ?? null,
    worker_selector: toJsonOrNull(input.worker_selector),
    worker_tolerations: toJsonOrNull(input.worker_tolerations),
    worker_affinity: toJsonOrNull(input.worker_affinity),
    timeout_seconds: input.timeout_seconds ?? null,
    timeout_level: typeof input.timeout_seconds === 'number' ? 'request' : null,
  })
    .returningAll()
    .$if(notifies, (insert) => insert.returning(dispatchNotification(input.tenant).as('notified')))
    .executeTakeFirstOrThrow();
  if (input.rerun !== undefined) await insertRerun(transaction, row, input.rerun);
  return toExecution(transaction, row);
}

const strictColumns = ({ revision, planDigest, currentPlanDigest, variables }: StrictRun) => ({
  revision,
  plan_digest: planDigest,
  current_plan_digest: currentPlanDigest,
  variables: asJson(variables),
});

/** Columns that the log entries and the notification of an end are made from. */
export const ENDED_COLUMNS = ['id', 'tenant', 'root', 'worker', 'parent', 'workflow_execution'] as const;

/**
 * Inserts an execution that never starts, `failed`, with the cause in its result, and returns its
 * id. The caller processes its end. Logged by the rule of `transition`.
 */
export async function insertFailed(
  transaction: Transaction,
  values: NewRow,
  { code, error }: { readonly code: string; readonly error: string },
): Promise<number> {
  const result = { succeeded: false, code, error };
  const row = insertExecutions(transaction, {
    ...values,
    status: 'failed',
    settled: true,
    result: asJson(storableResult(transaction, result)),
    finished_at: now,
  }).returning(ENDED_COLUMNS);
  const { rows } = await sql<{ id: number }>`
    with changed as (${row})${logged('failed', { result })} select id from changed`.execute(transaction);
  return rows[0]!.id;
}

/** Inserts a retry: a new execution with the columns of the first attempt, linked to it. */
export async function insertRetry(
  transaction: Transaction,
  run: number,
  { task, index, round, retry, reason, notBefore, released }: EffectOf<'retry-child'>,
): Promise<void> {
  const retried = sql.join(RETRIED.map((column) => sql.ref(column)));
  const { rows } = await sql<{ id: number; first: number }>`
    insert into execution (${retried}, timeout_level, retry_count, max_retries, retry_reason, original_execution, due_at,
      released)
    select ${retried}, case when timeout_seconds is null then null else 'task' end, ${retry}, task_retries, ${reason}, id,
      to_timestamp(${notBefore / 1000}::double precision), ${released}
    from execution where workflow_execution = ${run} and task_name = ${task} and task_round = ${round}
      and task_index is not distinct from ${index}::int and retry_count = 0
    on conflict do nothing returning id, original_execution as first`.execute(transaction);
  for (const { id, first } of rows) await copySecrets(transaction, first, id);
}
