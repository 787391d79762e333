import type { LogType } from '../../../../contract/executions';
import type { JsonObject } from '../../../../contract/json';
import { pathOf, type ChildRun, type TaskRun, type WorkflowRun } from './state';

/** The path of a workflow's execution; empty: it is the root. */
const placeOf = ({ owner }: WorkflowRun): string => (owner ? pathOf(owner) : '');

export function logRun(run: WorkflowRun, type: LogType, payload: JsonObject = {}): void {
  run.world.log.push({ place: placeOf(run), at: run.world.now, type, payload });
}

/** An entry of a workflow about one of its tasks. The first round is not named. */
export function logStep(taskRun: TaskRun, type: LogType, index: number | null, details: JsonObject = {}): void {
  const { task, round, run } = taskRun;
  logRun(run, type, { task: task.name, ...(index !== null && { index }), ...(round > 1 && { round }), ...details });
}

/** An entry about a child itself. */
export function logChild(child: ChildRun, type: LogType, payload: JsonObject = {}): void {
  const { world } = child.taskRun.run;
  world.log.push({ place: pathOf(child), at: world.now, type, payload });
}
