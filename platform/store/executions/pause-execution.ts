import type { ExecutionChange } from '../../../contract/executions';
import { isTerminal, NOT_STARTED, type Status } from '../../../contract/status';
import { DomainError, notFound } from '../../base/domain-error';
import type { Transaction } from '../database/connection';
import { toExecution, type ExecutionRow } from '../lifecycle/execution-rows';
import { findExecutionRow } from './executions';
import { requestPause, resumeRun } from './paused-runs';

type PauseVerb = 'pause' | 'resume';

/**
 * Pauses a workflow, or resumes it. `paused` follows once its steps in flight have ended; a resume
 * takes effect at once. Throws NOT_FOUND, ILLEGAL_TRANSITION, EXECUTION_HAS_NO_STEPS,
 * PARENT_PAUSED.
 */
export async function followPauseVerb(transaction: Transaction, id: number, verb: PauseVerb): Promise<ExecutionChange> {
  const row = await transaction.selectFrom('execution').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw notFound(`Execution ${id}`);
  const isRequested = await findPauseRequest(transaction, row, verb);
  if (isRequested === (verb === 'pause')) return { ...toExecution(transaction, row), changed: false };
  if (verb === 'pause') await requestPause(transaction, row);
  else {
    await requireParentToRun(transaction, row);
    await resumeRun(transaction, row);
  }
  return { ...toExecution(transaction, (await findExecutionRow(transaction, id))!), changed: true };
}

/** Whether a pause is requested. Throws where the execution can be neither paused nor resumed. */
async function findPauseRequest(transaction: Transaction, row: ExecutionRow, verb: PauseVerb): Promise<boolean> {
  const { id, status } = row;
  if (isTerminal(status) || status === 'canceling' || NOT_STARTED.includes(status)) throw illegal(row, verb);
  const run = await transaction
    .selectFrom('workflow_execution')
    .select('pause_requested')
    .where('execution', '=', id)
    .executeTakeFirst();
  if (run) return run.pause_requested;
  throw new DomainError('EXECUTION_HAS_NO_STEPS', `Execution ${id} runs an action, which has no steps to ${verb}`, {
    path: '/action_ref',
    hint: 'cancel it, or pause the workflow that it belongs to',
  });
}

function illegal({ id, status }: ExecutionRow, verb: PauseVerb): DomainError {
  const allowed = allowedVerbs(status);
  const hint = allowed.length > 0 ? `one of: ${allowed.join(', ')}` : 'it has ended: request another execution';
  return new DomainError('ILLEGAL_TRANSITION', `Execution ${id} is ${status}: it cannot ${verb}`, {
    path: '/status',
    hint,
    from: status,
    verb,
    allowed,
  });
}

const allowedVerbs = (status: Status): string[] => (isTerminal(status) ? [] : ['cancel']);

/** What is below a paused workflow goes on with that workflow only. */
async function requireParentToRun(transaction: Transaction, { id, parent, workflow_execution }: ExecutionRow) {
  if (workflow_execution === null) return;
  const run = await transaction
    .selectFrom('workflow_execution')
    .select('pause_requested')
    .where('id', '=', workflow_execution)
    .executeTakeFirst();
  if (!run?.pause_requested) return;
  throw new DomainError('PARENT_PAUSED', `Execution ${id} is a step of execution ${parent}, which is paused`, {
    path: '/parent',
    hint: `resume execution ${parent}`,
    parent,
  });
}
