import type { JsonObject } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { logChild, logStep } from './log';
import { NOT_STARTED, stoppedResult } from './results';
import { pathOf, type ChildRun, type WorkflowRun } from './state';
import { ModelError } from './model-error';

type Policy = 'allow_finish' | 'cancel_running';

/**
 * Children that have not started are cancelled, and so are inquiries. `cancel_running` also stops
 * the processes. The policy of the cancelled workflow applies to all that it called.
 */
export function cancelWorkflow(run: WorkflowRun, policy: Policy): void {
  run.status = 'canceling';
  for (const taskRun of run.tasks.values()) {
    if (taskRun.status !== 'running') continue;
    for (const child of taskRun.children.filter(({ status }) => !isTerminal(status))) cancelChild(child, policy);
    if (taskRun.children.every(({ status }) => isTerminal(status)))
      run.world.signals.push({ is: 'task ended', taskRun, last: null });
  }
}

function cancelChild(child: ChildRun, policy: Policy): void {
  if (child.workflow && child.status === 'running') {
    child.status = 'canceling';
    return cancelWorkflow(child.workflow, policy);
  }
  if (child.inquiry) {
    child.inquiry = { ...child.inquiry, status: 'cancelled' };
    return endCancelled(child, { ...NOT_STARTED, cancelled: true, succeeded: false });
  }
  if (child.status !== 'running') return endCancelled(child, NOT_STARTED);
  if (policy === 'allow_finish') return;
  if (!child.program) throw new ModelError(`nothing to stop in ${pathOf(child)}`);
  const result = stoppedResult(child.program);
  endCancelled(child, result);
  logChild(child, 'AGENT_RESPONSE', { status: 'cancelled', exit_code: -1, error: result.error! });
}

/** One that waits for its turn is no step yet. */
function endCancelled(child: ChildRun, result: JsonObject): void {
  if (child.startedAt !== null) logStep(child.taskRun, 'STEP_CANCELLED', child.index, { status: 'cancelled' });
  Object.assign(child, { status: 'cancelled', result, finishedAt: child.taskRun.run.world.now });
}
