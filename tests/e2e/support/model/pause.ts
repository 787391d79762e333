import { isTerminal } from '../../../../contract/status';
import { processEnd, startChild, startStep } from './children';
import { logRun } from './log';
import { ownChildren, type TaskRun, type WorkflowRun } from './state';

/** Nothing starts from now on, in this workflow and in those that it called. */
export function pauseWorkflow(run: WorkflowRun): void {
  run.isHeld = true;
  for (const { workflow } of ownChildren(run)) if (workflow?.status === 'running') pauseWorkflow(workflow);
}

/** Workflows in which nothing is in flight any more are paused, the inner ones first. */
export function settlePauses(run: WorkflowRun): void {
  for (const { workflow } of ownChildren(run)) if (workflow) settlePauses(workflow);
  if (!run.isHeld || run.status !== 'running' || isInFlight(run)) return;
  run.status = 'paused';
  if (run.owner) run.owner.status = 'paused';
  logRun(run, 'EXECUTION_PAUSED');
}

/** A program, or a workflow that is not paused. */
const isInFlight = (run: WorkflowRun): boolean =>
  ownChildren(run).some(({ status, inquiry }) => status === 'running' && !inquiry);

/** What was held starts, then what has ended meanwhile is processed. */
export function resumeWorkflow(run: WorkflowRun): void {
  if (run.status === 'paused') {
    run.status = 'running';
    if (run.owner) run.owner.status = 'running';
    logRun(run, 'EXECUTION_RESUMED');
  }
  run.isHeld = false;
  run.world.signals.push(...run.heldStarts.splice(0));
  const { now } = run.world;
  for (const child of ownChildren(run))
    if (child.status === 'requested' && child.dueAt !== null && child.dueAt <= now) startChild(child);
  run.tasks.forEach(startFreeItems);
  run.keptEnds.splice(0).forEach(processEnd);
  for (const { workflow } of ownChildren(run)) if (workflow && !isTerminal(workflow.status)) resumeWorkflow(workflow);
}

/** As many items as could have started meanwhile: one whose end is kept has its place. */
function startFreeItems({ task, status, children }: TaskRun): void {
  if (status !== 'running') return;
  const waiting = children.filter((child) => !child.isReleased && child.status === 'requested');
  const open = children.filter((child) => child.isReleased && !child.isProcessed);
  waiting.slice(0, Math.max(0, (task.concurrency ?? 1) - open.length)).forEach(startStep);
}
