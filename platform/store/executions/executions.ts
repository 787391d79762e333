import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type {
  Execute,
  Execution,
  ExecutionFilter,
  ExecutionStats,
  ExecutionSummary,
} from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { isStatus, NOT_STARTED, SHOWN_AS_RUNNING, type Status } from '../../../contract/status';
import { writeJson } from '../../../contract/json-text/write-json';
import { mergeParameterSchemas } from '../../core/secrets/schema-taint';
import type { Connections } from '../../core/secrets/connections';
import { unredact } from '../../core/secrets/redact-json';
import { dispatchNotification } from '../database/notify';
import { asJson, SHARED_TENANT, showsStrictStatuses, type Transaction } from '../database/connection';
import { DomainError } from '../../base/domain-error';
import {
  toExecution,
  toExecutionSummary,
  EXECUTION_SUMMARY_COLUMNS,
  type ExecutionRow,
} from '../lifecycle/execution-rows';
import { sealParameters, unsealParameterSecrets } from '../secrets/seal-parameters';
import type { Tables } from '../database/tables';
import { countRows, equalColumns, pageNewestFirst, type RowRange } from '../database/list-rows';

/** A compiled revision of a workflow to run, with values of its variables. */
export interface StrictRun {
  readonly revision: number;
  readonly planDigest: string;
  /** What a compile would give now; null: it would fail. */
  readonly currentPlanDigest: string | null;
  readonly variables: JsonObject;
}

/** An execution to request. */
export interface NewExecution extends Omit<Execute, 'action_ref'> {
  readonly action: ActionToExecute;
  readonly tenant: number;
  readonly executor: number | null;
  /** Absent: what the workflow's row shows when it starts. */
  readonly strict?: StrictRun;
  /** The external worker that alone may run it. */
  readonly addressedTo?: number;
  /** The dispatch of a work queue whose items it processes. */
  readonly queueDispatch?: number;
  /** References to keys among the parameters, with the keys that they may read. */
  readonly connections?: Connections;
  /** The execution whose token requests it. */
  readonly parent: ExecutionRow | null;
  /** Sets beyond which nothing below it goes; null: only what the executor holds limits them. */
  readonly permissionLimit: readonly string[] | null;
  /** Its executor has saved all that leads to it. */
  readonly isAuthoredByExecutor: boolean;
  /** The chain of causes that the items of a work queue belong to. */
  readonly chain?: { readonly correlation_id: string; readonly causation_depth: number };
  /** The enforcement, the rule and the event that cause it. */
  readonly cause?: {
    readonly enforcement: number;
    readonly rule_ref: string;
    readonly trigger_ref: string;
    readonly correlation_id: string;
    readonly causation_depth: number;
  };
}

const toJsonOrNull = (value: object | null | undefined): string | null =>
  value === undefined || value === null ? null : writeJson(value);

const isEmpty = (value: JsonObject | null | undefined): boolean => !value || Object.keys(value).length === 0;

/** Columns of an execution of a workflow that the plan above it pins. */
export interface PinnedRevision {
  readonly revision: number;
  /** Null: it was not compiled, so that its own actions are not pinned. */
  readonly plan_digest: string | null;
  /** Of the revision that the workflow shows now. */
  readonly current_plan_digest: string | null;
}

export interface ActionToExecute {
  readonly id: number;
  readonly ref: string;
  readonly isWorkflow: boolean;
  readonly pack_ref: string;
  readonly permissionSetRefs: readonly string[];
  /** Declares which parameters are secret. */
  readonly paramSchema: JsonObject | null;
  /** By name, the variables of its environment that a caller may set. */
  readonly envSchema: JsonObject;
  readonly pack: number | null;
  readonly entrypoint: string;
  readonly runtimeRef: string | null;
  /** It belongs to the pack `core`, and no tenant can change it. */
  readonly isShared: boolean;
  /** Of a nested workflow below a compiled one. */
  readonly pinnedRevision?: PinnedRevision;
}

/** The action of this ref, the tenant's own before the shared one; null where there is none. */
export async function findActionToExecute(transaction: Transaction, ref: string): Promise<ActionToExecute | null> {
  const row = await transaction
    .selectFrom('action as a')
    .leftJoin('workflow_definition as w', 'w.id', 'a.workflow_def')
    .select([
      'a.id',
      'a.ref',
      'a.pack_ref',
      'a.default_execution_permission_set_refs as permissionSetRefs',
      'a.param_schema',
    ])
    .select([
      'a.env_schema as envSchema',
      'a.pack',
      'a.entrypoint',
      'a.runtime_ref as runtimeRef',
      sql<boolean>`a.tenant = ${SHARED_TENANT}`.as('isShared'),
    ])
    .select(sql<boolean>`a.workflow_def is not null`.as('isWorkflow'))
    .select(sql<JsonObject | null>`w.definition->'parameters'`.as('declared'))
    .where('a.ref', '=', ref)
    .orderBy(sql`a.tenant <> ${SHARED_TENANT}`)
    .executeTakeFirst();
  if (!row) return null;
  const { declared: declaredSchema, param_schema, ...action } = row;
  return { ...action, paramSchema: mergeParameterSchemas(param_schema, declaredSchema) };
}

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
      parameters: isEmpty(input.parameters) ? null : input.parameters!,
      ...(input.connections && { connections: input.connections }),
    },
  ]);
  const row = await transaction
    .insertInto('execution')
    .values({
      tenant: input.tenant,
      ...(input.parent && inheritedFrom(input.parent)),
      action: input.action.id,
      action_ref: input.action.ref,
      ...parameters,
      env_vars: toJsonOrNull(input.env_vars),
      ...(input.cause ?? input.chain),
      settled: true,
      ...(input.strict && strictColumns(input.strict)),
      executor: input.executor,
      addressed_to: input.addressedTo ?? null,
      queue_dispatch: input.queueDispatch ?? null,
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
  return toExecution(transaction, row);
}

const strictColumns = ({ revision, planDigest, currentPlanDigest, variables }: StrictRun) => ({
  revision,
  plan_digest: planDigest,
  current_plan_digest: currentPlanDigest,
  variables: asJson(variables),
});

/** The columns of an execution that another one requested. */
export const inheritedFrom = (parent: ExecutionRow) => ({
  parent: parent.id,
  root: parent.root,
  correlation_id: parent.correlation_id,
  causation_depth: parent.causation_depth + 1,
});

export async function findExecutionRow(transaction: Transaction, id: number): Promise<ExecutionRow | null> {
  return (await transaction.selectFrom('execution').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** The id of its action; null where the action, or the execution, is gone. */
export async function findActionOfExecution(transaction: Transaction, id: number): Promise<number | null> {
  const row = await transaction.selectFrom('execution').select('action').where('id', '=', id).executeTakeFirst();
  return row?.action ?? null;
}

/** Null where it does not exist in this tenant. */
export async function getExecution(transaction: Transaction, id: number): Promise<Execution | null> {
  const row = await findExecutionRow(transaction, id);
  return row && toExecution(transaction, row);
}

/**
 * The execution with its secret parameters unsealed, for callers that may decrypt them. Throws
 * UnsealFailed.
 */
export async function getExecutionWithSecrets(transaction: Transaction, id: number): Promise<Execution | null> {
  const row = await findExecutionRow(transaction, id);
  if (!row) return null;
  return toExecution(transaction, {
    ...row,
    config: row.config && unredact(row.config, unsealParameterSecrets(transaction, row)),
  });
}

/** `*` matches any text; every other character, `%` and `_` included, matches itself. */
const likePattern = (ref: string): string => ref.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');

export function filterConditions(transaction: Transaction, filter: ExecutionFilter) {
  const { executor, enforcement, parent, correlation_id } = filter;
  return (where: ExpressionBuilder<Tables, 'execution'>) => {
    const expressions: Expression<SqlBool>[] = [
      equalColumns<'execution'>({ executor, enforcement, parent, correlation_id }),
    ];
    const matchPattern = (column: 'action_ref' | 'rule_ref' | 'trigger_ref', ref: string | undefined) => {
      if (ref !== undefined) expressions.push(where(column, 'like', likePattern(ref)));
    };
    if (filter.status !== undefined) expressions.push(where('status', 'in', parseStatus(transaction, filter.status)));
    matchPattern('action_ref', filter.action_ref);
    matchPattern('action_ref', filter.pack_name === undefined ? undefined : `${filter.pack_name}.*`);
    matchPattern('rule_ref', filter.rule_ref);
    matchPattern('trigger_ref', filter.trigger_ref);
    if (filter.top_level_only) expressions.push(where('parent', 'is', null));
    if (filter.result_contains !== undefined) {
      expressions.push(sql<SqlBool>`strpos(lower(result::text), lower(${filter.result_contains})) > 0`);
    }
    return where.and(expressions);
  };
}

/** The statuses that are shown as this one. Throws BAD_REQUEST. */
function parseStatus(transaction: Transaction, text: string): readonly Status[] {
  const isStrict = showsStrictStatuses(transaction);
  if (!isStatus(text) || (isStrict && SHOWN_AS_RUNNING.includes(text))) {
    throw new DomainError('BAD_REQUEST', `status ${text} is not an execution status`, { path: 'status' });
  }
  return isStrict && text === 'running' ? [text, ...SHOWN_AS_RUNNING] : [text];
}

/**
 * Newest first. `total` is null unless the filter has `include_total`. BAD_REQUEST for an unknown
 * status.
 */
export async function listExecutions(
  transaction: Transaction,
  filter: ExecutionFilter,
  range: RowRange,
): Promise<{ rows: ExecutionSummary[]; total: number | null }> {
  const matching = transaction.selectFrom('execution').where(filterConditions(transaction, filter));
  const rows = await pageNewestFirst(matching.select(EXECUTION_SUMMARY_COLUMNS), range).execute();
  return {
    rows: rows.map((row) => toExecutionSummary(transaction, row)),
    total: filter.include_total ? await countRows(matching) : null,
  };
}

const STATUS_GROUPS: Record<Exclude<keyof ExecutionStats, 'total'>, readonly Status[]> = {
  completed: ['completed'],
  failed: ['failed'],
  running: ['running', ...SHOWN_AS_RUNNING],
  pending: NOT_STARTED,
  cancelled: ['cancelled', 'canceling'],
  timeout: ['timeout'],
  abandoned: ['abandoned'],
};

export async function loadExecutionStats(transaction: Transaction): Promise<ExecutionStats> {
  const rows = await transaction
    .selectFrom('execution')
    .select(['status', (build) => build.fn.countAll<number>().as('count')])
    .groupBy('status')
    .execute();
  const sum = (statuses: readonly Status[]) =>
    rows.filter(({ status }) => statuses.includes(status)).reduce((total, row) => total + row.count, 0);
  const groups = Object.fromEntries(Object.entries(STATUS_GROUPS).map(([name, statuses]) => [name, sum(statuses)]));
  return { total: rows.reduce((total, row) => total + row.count, 0), ...groups } as ExecutionStats;
}
