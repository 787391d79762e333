import { graphOf } from './graph';
import { recordTransition, startNextRound, takeTrigger } from './start-round';
import { addLogEntry, INITIAL_TASK_STATE, setTask, taskStateOf, updateTask, type StepContext } from './step-context';
import { hasFailed } from './task-status';
import type { TakenOverTask, TaskEnd } from './types';
import { assignVariable } from './variables';

/**
 * Applies the ends of tasks to a workflow whose entry tasks are ready, as they were recorded: no
 * expression is evaluated. What runs then is ready: it follows from them, and has not ended.
 */
export function takeOver(context: StepContext, ends: readonly TakenOverTask[]): void {
  applyEnds(context, ends, ({ task, round, outcome: { status }, executions }) =>
    addLogEntry(context, 'STEP_TAKEN_OVER', task, null, { status, executions: [...executions] }, round),
  );
}

/** The same without entries in a log. `onApplied`: called with each end that was applied. */
export function applyEnds<End extends TaskEnd>(
  context: StepContext,
  ends: readonly End[],
  onApplied: (end: End) => void = () => undefined,
): void {
  const { parentOf } = graphOf(context.definition);
  for (const end of ends) {
    if (parentOf.has(end.task)) endSubtask(context, end);
    else if (taskStateOf(context.state, end.task)?.status === 'running') endTask(context, end);
    else continue; // of another definition
    onApplied(end);
  }
  const ready = new Set(context.readyTasks.splice(0));
  context.readyTasks.push(...[...ready].filter((name) => taskStateOf(context.state, name)?.status === 'running'));
}

/** The end of its group follows: without it, no end of a subtask is taken over. */
function endSubtask(context: StepContext, { task, round, triggeredBy, retries, outcome }: TaskEnd): void {
  const place = { ...(round > 1 && { round }), triggeredBy, retries };
  setTask(context, task, { ...INITIAL_TASK_STATE, ...place, ...outcome });
}

/** Without its expressions, what `completeTask` does. */
function endTask(context: StepContext, { task, retries, outcome, published, targets }: TaskEnd): void {
  takeTrigger(context, task);
  updateTask(context, task, { retries, ...outcome });
  if (outcome.status !== 'skipped') context.state = { ...context.state, lastEnded: task };
  for (const variable of published) assignVariable(context, variable);
  const ended = taskStateOf(context.state, task)!;
  if (hasFailed(ended)) updateTask(context, task, { handlers: targets });
  for (const target of targets) {
    if (context.definition.tasks.has(target)) recordTransition(context, target, task, ended);
  }
  startNextRound(context, task);
}
