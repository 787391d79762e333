import { isTerminal } from '../../../../contract/status';
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
  if (child.inquiry) child.inquiry = { ...child.inquiry, status: 'cancelled' };
  else if (child.status === 'running' && policy === 'allow_finish') return;
  else if (child.status === 'running' && !child.process) throw new ModelError(`nothing to stop in ${pathOf(child)}`);
  child.status = 'cancelled';
}
