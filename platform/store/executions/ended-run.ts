import { sql } from 'kysely';
import type { Json, JsonObject } from '../../../contract/json';
import { isTerminal } from '../../../contract/status';
import { DomainError, notFound } from '../../base/domain-error';
import type { Taint } from '../../core/secrets/taint';
import type { ExecutionRecord } from '../../core/workflow/replay/record';
import type { TakenOverTask, WorkflowState } from '../../core/workflow/types';
import type { Transaction } from '../database/connection';
import type { ExecutionRow } from '../lifecycle/execution-rows';
import { unsealResult, unsealState } from '../secrets/seal-state';
import { hasNoSteps, readRecord } from './execution-record';
import { unsealTakenOver } from './reruns';

/** An ended execution of a workflow with all of its steps, to be run again from one of them. */
export interface EndedRun {
  readonly execution: ExecutionRow;
  /** Null: it is deleted. */
  readonly workflow: number | null;
  readonly definition: JsonObject;
  readonly savedWithSets: readonly string[];
  readonly savedBy: number | null;
  readonly packRef: string | null;
  /** With the secrets in clear, like all that follows. */
  readonly state: WorkflowState;
  readonly record: ExecutionRecord;
  /** Results of its steps that have secrets, by id. */
  readonly secretResults: ReadonlyMap<number, { readonly result: Json; readonly secrets: Taint }>;
  /** The ends that it took over itself; null: it is no rerun. */
  readonly takenOver: readonly TakenOverTask[] | null;
}

/**
 * Locks the execution, so that it is not removed meanwhile. `isWorkflow`: its action is one now.
 * Null: it ended before it started. Throws NOT_FOUND, EXECUTION_HAS_NO_STEPS, RERUN_NEEDS_ENDED,
 * REPLAY_TOO_LARGE, UnsealFailed.
 */
export async function loadEndedRun(
  transaction: Transaction,
  id: number,
  isWorkflow: boolean,
): Promise<EndedRun | null> {
  const execution = await transaction
    .selectFrom('execution')
    .selectAll()
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst();
  if (execution === undefined) throw noExecution(id); // it was removed since the request found it
  const run = await selectRun(transaction, id);
  if (run === undefined && !isWorkflow) throw hasNoSteps(id, 'to run again from');
  if (!isTerminal(execution.status)) throw notEnded(execution);
  if (run === undefined) return null;
  const state = unsealState(transaction, run, run.state, run.secret_values);
  const { startedAt, config } = state;
  return {
    execution,
    workflow: run.workflow_def,
    definition: run.task_graph,
    savedWithSets: run.saved_with_sets,
    savedBy: run.saved_by,
    packRef: run.pack_ref,
    state,
    record: await readRecord(transaction, execution, { id: run.id, startedAt, config }),
    secretResults: await loadSecretResults(transaction, run.id),
    takenOver: execution.rerun_of === null ? null : await unsealTakenOver(transaction, execution),
  };
}

export const noExecution = (id: number) =>
  notFound(`Execution ${id}`, {
    path: '/id',
    hint: 'retention may have removed it: run the workflow from its start',
  });

const notEnded = ({ id, status }: ExecutionRow) =>
  new DomainError('RERUN_NEEDS_ENDED', `Execution ${id} is ${status}; only one that has ended runs again`, {
    path: '/id',
    hint: 'wait for its end, or cancel it',
    status,
  });

const selectRun = (transaction: Transaction, execution: number) =>
  transaction
    .selectFrom('workflow_execution as r')
    .leftJoin('workflow_definition as d', 'd.id', 'r.workflow_def')
    .leftJoin('pack as p', 'p.id', 'd.pack')
    .select(['r.id', 'r.tenant', 'r.task_graph', 'r.state', 'r.secret_values', 'r.saved_with_sets', 'r.saved_by'])
    .select(['d.id as workflow_def', 'p.ref as pack_ref'])
    .where('r.execution', '=', execution)
    .executeTakeFirst();

interface SecretResultRow {
  readonly id: number;
  readonly tenant: number;
  readonly result: Json;
  readonly result_secrets: string | null;
}

async function loadSecretResults(transaction: Transaction, run: number): Promise<EndedRun['secretResults']> {
  const { rows } = await sql<SecretResultRow>`
    select id, tenant, result, result_secrets from execution
    where workflow_execution = ${run} and result_secrets is not null`.execute(transaction);
  return new Map(rows.map((row) => [row.id, unsealResult(transaction, row)]));
}
