import type { JsonObject } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { processEnd } from './children';
import { logChild, logRun, logStep } from './log';
import { ModelError } from './model-error';
import { NOT_STARTED, stoppedByLimit, stoppedResult } from './results';
import { allRuns, pathOf, type ChildRun, type WorkflowRun } from './state';

type Policy = 'allow_finish' | 'cancel_running';

/** How children are stopped. `seconds`: of the limit that has passed, or null. */
interface Stop {
  readonly policy: Policy;
  readonly seconds: number | null;
}

/**
 * Children that have not started are cancelled, and so are inquiries. `cancel_running` also stops
 * the processes. The policy of the cancelled workflow applies to all that it called.
 */
export const cancelWorkflow = (run: WorkflowRun, policy: Policy): void => stopChildren(run, { policy, seconds: null });

/**
 * The limit of a workflow has passed: whatever its policy, what runs is stopped. Throws ModelError
 * where something has ended during a pause: the contract leaves open which of both comes first.
 */
export function stopWorkflow(run: WorkflowRun, seconds: number): void {
  if (allRuns(run).some(({ keptEnds }) => keptEnds.length > 0))
    throw new ModelError('the limit of a paused workflow with an end that is not processed');
  if (run.status === 'paused') logRun(run, 'EXECUTION_RESUMED');
  if (run.status !== 'canceling') run.timedOutAfter = seconds;
  stopChildren(run, { policy: 'cancel_running', seconds });
}

function stopChildren(run: WorkflowRun, stop: Stop): void {
  run.status = 'canceling';
  run.isHeld = false;
  run.heldStarts.length = 0;
  run.keptEnds.splice(0).forEach(processEnd);
  for (const taskRun of run.tasks.values()) {
    if (taskRun.status !== 'running' || taskRun.task.tasks) continue;
    const open = taskRun.children.filter(({ status }) => !isTerminal(status));
    for (const child of open) stopChild(child, stop);
    if (open.length > 0 && taskRun.children.every(({ isProcessed }) => isProcessed))
      run.world.signals.push({ is: 'task ended', taskRun, last: null });
  }
  run.world.signals.push({ is: 'task finished', run });
}

function stopChild(child: ChildRun, stop: Stop): void {
  if (child.workflow && !isTerminal(child.workflow.status)) {
    child.status = 'canceling';
    child.workflow.stoppedAfter = stop.seconds;
    return stopChildren(child.workflow, stop);
  }
  if (child.inquiry) {
    child.inquiry = { ...child.inquiry, status: 'cancelled' };
    return endStopped(child, { ...NOT_STARTED, cancelled: true, succeeded: false }, stop);
  }
  if (child.status !== 'running') return endStopped(child, NOT_STARTED, stop);
  if (stop.policy === 'allow_finish') return;
  if (!child.program) throw new ModelError(`nothing to stop in ${pathOf(child)}`);
  const result = stoppedResult(child.program);
  endStopped(child, result, stop);
  logChild(child, 'AGENT_RESPONSE', { status: 'cancelled', exit_code: -1, error: child.result!.error! });
}

/** One that waits for its turn is no step yet. */
function endStopped(child: ChildRun, result: JsonObject, { seconds }: Stop): void {
  if (child.isReleased) logStep(child.taskRun, 'STEP_CANCELLED', child.index, { status: 'cancelled' });
  Object.assign(child, {
    status: 'cancelled',
    result: stoppedByLimit(result, seconds),
    timeoutLevel: seconds === null ? null : 'workflow',
    finishedAt: child.taskRun.run.world.now,
    isProcessed: true,
  });
}
