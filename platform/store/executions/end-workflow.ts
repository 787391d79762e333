import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import { errorCode } from '../../base/error-details';
import { schemaTaint } from '../../core/secrets/schema-taint';
import { mergeTaints, type Taint } from '../../core/secrets/taint';
import type { RunLimit } from '../../core/workflow/definition';
import { limitsOf, type Transaction } from '../database/connection';
import { jsonBytes, tooLargeResult } from '../lifecycle/bounded-result';
import { cancellation } from '../lifecycle/cancelled-result';
import { transition } from '../lifecycle/lifecycle';
import type { TransitionEntry } from '../lifecycle/transition-sql';
import { settleItems } from '../queues/settle-items';
import { sealResult } from '../secrets/seal-state';
import { UnsealFailed } from '../secrets/vault';
import { RELEASED_LEASE } from './coordinator-lease';
import { StateTooLarge } from './item-results';
import type { WorkflowRun } from './workflow-runs';

/** How a workflow ends. */
export interface WorkflowEnd {
  readonly status: Extract<Status, 'completed' | 'failed' | 'cancelled'>;
  readonly result: JsonObject;
  /** Of the limit of the run that passed, where one did. */
  readonly timeoutLevel?: RunLimit['level'];
  /** The taint of the result. */
  readonly secrets?: Taint;
}

/**
 * Ends the workflow's own execution; `saveWorkflowRun` stores the end of the run. `log`: entries
 * of its last step, which are written before the end's.
 */
export async function endWorkflowRun(
  transaction: Transaction,
  run: WorkflowRun,
  reported: WorkflowEnd,
  log: readonly TransitionEntry[] = [],
): Promise<void> {
  const { execution } = run;
  const settled = await settleItems(transaction, execution.queue_dispatch, boundEnd(transaction, reported));
  const { status, result, timeoutLevel, secrets = null } = settled;
  const end = status === 'cancelled' ? cancellation(result, execution.stopped_after) : { result, timeoutLevel: null };
  const declared = status === 'completed' ? schemaTaint(run.outSchema, end.result) : null;
  const sealed = sealResult(transaction, execution, end.result, mergeTaints(secrets, declared));
  await transition(transaction, execution.id, status, {
    result: sealed.result,
    timeoutLevel: timeoutLevel ?? end.timeoutLevel,
    columns: { result_secrets: sealed.result_secrets },
    log,
  });
  run.end = { status, error_message: typeof result.error === 'string' ? result.error : null };
}

/** Ends a workflow of which nothing else is stored. */
export async function endUnsavedRun(transaction: Transaction, run: WorkflowRun, end: WorkflowEnd): Promise<void> {
  await endWorkflowRun(transaction, run, end);
  await transaction
    .updateTable('workflow_execution')
    .set({ ...run.end!, ...RELEASED_LEASE })
    .where('id', '=', run.id)
    .execute();
}

/** A workflow whose result is too large fails. */
function boundEnd(transaction: Transaction, end: WorkflowEnd): WorkflowEnd {
  const { resultBytes } = limitsOf(transaction);
  const bytes = jsonBytes(end.result);
  if (bytes <= resultBytes) return end;
  return { status: 'failed', result: tooLargeResult('the result of the workflow', bytes, resultBytes) };
}

/** SQLSTATE of a value that PostgreSQL never stores, or of one that is beyond its limits. */
const REFUSED_VALUE = /^(?:22|54)[0-9A-Z]{3}$/;

const secretUnavailable = ({ message }: UnsealFailed): JsonObject => ({
  succeeded: false,
  code: 'SECRET_UNAVAILABLE',
  error: `SECRET_UNAVAILABLE: ${message}`,
});

/** The result of a run of which no attempt can read or store this step; null: a later one may. */
export function resultOfImpossibleStep(error: unknown): JsonObject | null {
  if (error instanceof StateTooLarge) return tooLargeResult('the state of the workflow', error.bytes, error.maxBytes);
  if (error instanceof UnsealFailed) return secretUnavailable(error);
  if (isStackOverflow(error)) return valueRefused('a value of the next step is nested too deeply');
  const code = errorCode(error) ?? '';
  return REFUSED_VALUE.test(code)
    ? valueRefused(`the database cannot store a value of the next step (SQLSTATE ${code})`)
    : null;
}

/** A program may print a value that is nested more deeply than a state can be serialized. */
const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

const valueRefused = (why: string): JsonObject => ({
  succeeded: false,
  code: 'VALUE_REFUSED',
  error: `VALUE_REFUSED: ${why}`,
});

/**
 * Fails a run whose step cannot be read or stored, once its children are stopped. Their ends need
 * no step.
 */
export async function failStoppedRun(transaction: Transaction, run: WorkflowRun, result: JsonObject): Promise<void> {
  await sql`update execution set settled = true where parent = ${run.execution.id} and not settled`.execute(
    transaction,
  );
  await endUnsavedRun(transaction, run, { status: 'failed', result });
}
