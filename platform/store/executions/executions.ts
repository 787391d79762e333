import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { Execution, ExecutionFilter, ExecutionStats, ExecutionSummary } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { isStatus, NOT_STARTED, SHOWN_AS_RUNNING, type Status } from '../../../contract/status';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import { insertSecrets } from '../../core/secrets/extract-secrets';
import { SHARED_TENANT, showsStrictStatuses, type Transaction } from '../database/connection';
import { DomainError } from '../../base/domain-error';
import {
  toExecution,
  toExecutionSummary,
  EXECUTION_SUMMARY_COLUMNS,
  type ExecutionRow,
} from '../lifecycle/execution-rows';
import { unsealParameterSecrets } from '../secrets/seal-parameters';
import type { Tables } from '../database/tables';
import { countRows, equalColumns, likePattern, pageNewestFirst, type RowRange } from '../database/list-rows';

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
  return { ...action, paramSchema: withDeclaredSecrets(param_schema, declaredSchema) };
}

export async function findExecutionRow(transaction: Transaction, id: number): Promise<ExecutionRow | null> {
  return (await transaction.selectFrom('execution').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Of these ids, those that exist in this tenant. */
export const findExecutionRows = (transaction: Transaction, ids: readonly number[]): Promise<ExecutionRow[]> =>
  transaction
    .selectFrom('execution')
    .selectAll()
    .where(sql<boolean>`id = any(${ids}::bigint[])`)
    .execute();

/** What the execution has started. */
export const listChildRows = (transaction: Transaction, parent: number): Promise<ExecutionRow[]> =>
  transaction.selectFrom('execution').selectAll().where('parent', '=', parent).execute();

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
    config: row.config && insertSecrets(row.config, unsealParameterSecrets(transaction, row)),
  });
}

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
