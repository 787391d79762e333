import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { Execute, Execution, ExecutionFilter, ExecutionStats, ExecutionSummary } from '../../contract/executions';
import type { JsonObject } from '../../contract/json';
import { isStatus, isTerminal, WAITING, type Status } from '../../contract/status';
import { jointSchema } from '../core/workflow/secrets';
import { ringAdvance, ringDispatch, tellWorker } from '../queue/ring';
import { asJson, now, SHARED_TENANT, type Transaction } from './database';
import { Refusal } from '../refusal';
import { executionOf, summaryOf, SUMMARY_COLUMNS, type ExecutionRow } from './execution-rows';
import { cancelAsking, isWaiting } from './inquiry-ends';
import { append } from './log';
import { restore, sealParameters, secretsOf } from './secret-parameters';
import type { Tables } from './tables';

/** An execution to be made outside any rule. `parent` is set where an execution token asks. */
export interface NewExecution extends Omit<Execute, 'action_ref'> {
  readonly action: ActionToExecute;
  readonly tenant: number;
  readonly executor: number | null;
  readonly parent: number | null;
  /** The rule and the event that it comes from. */
  readonly cause?: {
    readonly enforcement: number;
    readonly rule_ref: string;
    readonly trigger_ref: string;
    readonly correlation_id: string;
  };
}

const documentOrNull = (value: object | null | undefined): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);

const isEmpty = (value: JsonObject | null | undefined): boolean => !value || Object.keys(value).length === 0;

export interface ActionToExecute {
  readonly id: number;
  readonly ref: string;
  readonly permissionSetRefs: readonly string[];
  /** Which parameters are secret stands there. */
  readonly paramSchema: JsonObject | null;
}

/** An action this tenant may name, its own before the shared one; null where there is none. */
export async function findAction(transaction: Transaction, ref: string): Promise<ActionToExecute | null> {
  const row = await transaction
    .selectFrom('action as a')
    .leftJoin('workflow_definition as w', 'w.id', 'a.workflow_def')
    .select(['a.id', 'a.ref', 'a.default_execution_permission_set_refs as permissionSetRefs', 'a.param_schema'])
    .select(sql<JsonObject | null>`w.definition->'parameters'`.as('declared'))
    .where('a.ref', '=', ref)
    .orderBy(sql`a.tenant = ${SHARED_TENANT}`)
    .executeTakeFirst();
  if (!row) return null;
  const { declared, param_schema, ...action } = row;
  return { ...action, paramSchema: jointSchema(param_schema, declared) };
}

/** Makes an execution, `requested`, and rings for it. Parameters are taken as they are, secret ones cut out and sealed. */
export async function requestExecution(transaction: Transaction, wanted: NewExecution): Promise<Execution> {
  const above = wanted.parent === null ? null : await executionRow(transaction, wanted.parent);
  const [parameters] = await sealParameters(transaction, wanted.tenant, [
    { schema: wanted.action.paramSchema, parameters: isEmpty(wanted.parameters) ? null : wanted.parameters! },
  ]);
  const row = await transaction
    .insertInto('execution')
    .values({
      tenant: wanted.tenant,
      ...(above && { root: above.root, correlation_id: above.correlation_id }),
      action: wanted.action.id,
      action_ref: wanted.action.ref,
      ...parameters,
      env_vars: documentOrNull(wanted.env_vars),
      parent: wanted.parent,
      ...wanted.cause,
      settled: true,
      executor: wanted.executor,
      permission_set_refs: [...(wanted.permission_set_refs ?? wanted.action.permissionSetRefs)],
      artifact_retention_policy: wanted.artifact_retention_policy ?? null,
      artifact_retention_limit: wanted.artifact_retention_limit ?? null,
      worker_selector: documentOrNull(wanted.worker_selector),
      worker_tolerations: documentOrNull(wanted.worker_tolerations),
      worker_affinity: documentOrNull(wanted.worker_affinity),
      timeout_seconds: wanted.timeout_seconds ?? null,
      timeout_level: typeof wanted.timeout_seconds === 'number' ? 'request' : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await ringDispatch(transaction, wanted.tenant);
  return executionOf(row);
}

export async function executionRow(transaction: Transaction, id: number): Promise<ExecutionRow | null> {
  return (await transaction.selectFrom('execution').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** Null when it never existed, or belongs to somebody else. */
export async function getExecution(transaction: Transaction, id: number): Promise<Execution | null> {
  const row = await executionRow(transaction, id);
  return row && executionOf(row);
}

/** The same with its secret parameters in their places: only for those who may decrypt. Throws SealBroken. */
export async function revealExecution(transaction: Transaction, id: number): Promise<Execution | null> {
  const row = await executionRow(transaction, id);
  if (!row) return null;
  return executionOf({ ...row, config: row.config && restore(row.config, secretsOf(transaction, row)) });
}

/** `*` stands for any text; everything else, `%` and `_` included, for itself. */
const likePattern = (ref: string): string => ref.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');

function conditions(filter: ExecutionFilter) {
  return (where: ExpressionBuilder<Tables, 'execution'>) => {
    const all: Expression<SqlBool>[] = [];
    const equal = (column: 'executor' | 'enforcement' | 'parent', value: number | undefined) => {
      if (value !== undefined) all.push(where(column, '=', value));
    };
    const like = (column: 'action_ref' | 'rule_ref' | 'trigger_ref', ref: string | undefined) => {
      if (ref !== undefined) all.push(where(column, 'like', likePattern(ref)));
    };
    if (filter.status !== undefined) all.push(where('status', '=', statusOf(filter.status)));
    like('action_ref', filter.action_ref);
    like('action_ref', filter.pack_name === undefined ? undefined : `${filter.pack_name}.*`);
    like('rule_ref', filter.rule_ref);
    like('trigger_ref', filter.trigger_ref);
    equal('executor', filter.executor);
    equal('enforcement', filter.enforcement);
    equal('parent', filter.parent);
    if (filter.correlation_id !== undefined) all.push(where('correlation_id', '=', filter.correlation_id));
    if (filter.top_level_only) all.push(where('parent', 'is', null));
    if (filter.result_contains !== undefined) {
      all.push(sql<SqlBool>`strpos(lower(result::text), lower(${filter.result_contains})) > 0`);
    }
    return where.and(all);
  };
}

function statusOf(word: string): Status {
  if (isStatus(word)) return word;
  throw new Refusal('BAD_REQUEST', `status ${word} is not an execution status`, { path: 'status' });
}

export interface Window {
  readonly limit: number;
  readonly offset: number;
}

/** Newest first. `total` is null unless the filter asks for it. BAD_REQUEST for an unknown status. */
export async function listExecutions(
  transaction: Transaction,
  filter: ExecutionFilter,
  window: Window,
): Promise<{ rows: ExecutionSummary[]; total: number | null }> {
  const rows = await transaction
    .selectFrom('execution')
    .select(SUMMARY_COLUMNS)
    .where(conditions(filter))
    .orderBy('created', 'desc')
    .orderBy('id', 'desc')
    .limit(window.limit)
    .offset(window.offset)
    .execute();
  return { rows: rows.map(summaryOf), total: filter.include_total ? await count(transaction, filter) : null };
}

async function count(transaction: Transaction, filter: ExecutionFilter): Promise<number> {
  const { total } = await transaction
    .selectFrom('execution')
    .select((build) => build.fn.countAll<number>().as('total'))
    .where(conditions(filter))
    .executeTakeFirstOrThrow();
  return total;
}

const GROUPS: Record<Exclude<keyof ExecutionStats, 'total'>, readonly Status[]> = {
  completed: ['completed'],
  failed: ['failed'],
  running: ['running'],
  pending: WAITING,
  cancelled: ['cancelled', 'canceling'],
  timeout: ['timeout'],
  abandoned: ['abandoned'],
};

export async function executionStats(transaction: Transaction): Promise<ExecutionStats> {
  const rows = await transaction
    .selectFrom('execution')
    .select(['status', (build) => build.fn.countAll<number>().as('count')])
    .groupBy('status')
    .execute();
  const sum = (statuses: readonly Status[]) =>
    rows.filter(({ status }) => statuses.includes(status)).reduce((total, row) => total + row.count, 0);
  const groups = Object.fromEntries(Object.entries(GROUPS).map(([name, statuses]) => [name, sum(statuses)]));
  return { total: rows.reduce((total, row) => total + row.count, 0), ...groups } as ExecutionStats;
}

/**
 * Asks for a stop. Not started: `cancelled` at once. Running: `canceling`, and its worker, or the engine of a workflow,
 * is told. Already canceling: nothing new. NOT_FOUND; CONFLICT once it has ended.
 */
export async function cancelExecution(transaction: Transaction, tenant: number, id: number): Promise<Execution> {
  const row = await transaction.selectFrom('execution').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new Refusal('NOT_FOUND', `Execution ${id} not found`);
  if (row.status === 'canceling') return executionOf(row);
  if (isTerminal(row.status)) {
    throw new Refusal('CONFLICT', `Execution ${id} has already ended: it is ${row.status}`, { status: row.status });
  }
  await append(transaction, [
    { root: row.root, execution: id, type: 'CANCEL_REQUESTED', payload: { from: row.status } },
  ]);
  if (WAITING.includes(row.status)) return endBeforeStart(transaction, tenant, row);
  return stopRunning(transaction, tenant, row);
}

async function endBeforeStart(transaction: Transaction, tenant: number, row: ExecutionRow): Promise<Execution> {
  const ended = await transaction
    .updateTable('execution')
    .set({
      status: 'cancelled',
      result: asJson({ error: 'Cancelled by user before execution started' }),
      finished_at: now,
      updated: now,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await transaction.deleteFrom('lease').where('resource', '=', `execution:${row.id}`).execute();
  await logCancelled(transaction, tenant, row);
  return executionOf(ended);
}

async function logCancelled(transaction: Transaction, tenant: number, row: ExecutionRow): Promise<void> {
  await append(transaction, [{ root: row.root, execution: row.id, type: 'EXECUTION_CANCELLED' }]);
  if (row.workflow_execution !== null && row.parent !== null) await ringAdvance(transaction, tenant, row.parent);
}

async function stopRunning(transaction: Transaction, tenant: number, row: ExecutionRow): Promise<Execution> {
  if (isWaiting(row)) return stopWaiting(transaction, tenant, row);
  const stopping = await transaction
    .updateTable('execution')
    .set({ status: 'canceling', updated: now })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (row.worker !== null) await tellWorker(transaction, { worker: row.worker, cancel: row.id });
  else await requestWorkflowCancel(transaction, tenant, row.id, null);
  return executionOf(stopping);
}

/** It waits for an answer and has no process: nothing needs to be waited for. */
async function stopWaiting(transaction: Transaction, tenant: number, row: ExecutionRow): Promise<Execution> {
  const ended = await cancelAsking(transaction, row, 'Execution cancelled by user', null);
  await logCancelled(transaction, tenant, row);
  return executionOf(ended);
}

/** Marks a running workflow as asked to stop and rings for it. `policy` is the top workflow's; null takes its own. */
export async function requestWorkflowCancel(
  transaction: Transaction,
  tenant: number,
  execution: number,
  policy: string | null,
): Promise<void> {
  await transaction
    .updateTable('workflow_execution')
    .set({ cancel_requested: true, cancel_policy: policy, updated: now })
    .where('execution', '=', execution)
    .execute();
  await ringAdvance(transaction, tenant, execution);
}
