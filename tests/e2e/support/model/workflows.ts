import { isObject, type JsonObject } from '../../../../contract/json';
import { transitionsOf } from './legacy';
import { logRun } from './log';
import { limitMarks } from './results';
import { ModelError } from './model-error';
import type { ModelTask, ModelWorkflow } from './model-case';
import type { ChildRun, TaskRun, WorkflowRun, World } from './state';

export function createWorkflowRun(
  world: World,
  workflow: ModelWorkflow,
  config: JsonObject | null,
  owner: ChildRun | null,
): WorkflowRun {
  const parameters = { ...config };
  for (const [name, schema] of Object.entries(workflow.parts.parameters ?? {}))
    if (isObject(schema) && schema.default !== undefined) parameters[name] ??= schema.default;
  return {
    world,
    workflow,
    config,
    parameters,
    variables: { ...workflow.parts.vars },
    owner,
    startedAt: world.now,
    finishedAt: null,
    tasks: new Map<string, TaskRun>(),
    earlier: [],
    arrivals: new Map<string, Map<string, readonly string[]>>(),
    status: 'running',
    timedOutAfter: null,
    stoppedAfter: null,
    isHeld: false,
    heldStarts: [],
    keptEnds: [],
    output: null,
    failedTasks: [],
    lastView: null,
  };
}

/** The tasks that no other task names; the first one where each is named. */
export function entryTasks({ tasks }: ModelWorkflow): readonly ModelTask[] {
  const named = new Set(tasks.flatMap((task) => targetsOf(task).filter((target) => target !== task.name)));
  const first = tasks.filter(({ name }) => !named.has(name));
  return first.length > 0 ? first : tasks.slice(0, 1);
}

export const targetsOf = (task: ModelTask): string[] =>
  transitionsOf(task).flatMap((transition) => transition.do ?? []);

/** A task with some of the transitions that its join asks for never starts. */
export function skipUnmetJoins(run: WorkflowRun): void {
  for (const { name } of run.workflow.tasks)
    if (run.arrivals.has(name) && !run.tasks.has(name)) logRun(run, 'STEP_SKIPPED', { task: name, reason: 'join' });
}

/** A failed task is handled if a transition that it fired started a task. */
const isHandled = ({ run, targets }: TaskRun): boolean =>
  targets.some((name) => {
    if (run.earlier.some(({ task, status }) => task.name === name && status !== 'skipped')) return true;
    const target = run.tasks.get(name);
    if (target?.status === 'skipped') throw new ModelError(`the only handler of a failure may be skipped: ${name}`);
    return target !== undefined;
  });

export function unhandledTasks(run: WorkflowRun): string[] {
  const failed = [...run.earlier, ...run.tasks.values()].filter(
    ({ status, group }) => group === null && ['failed', 'timeout', 'over limit'].includes(status),
  );
  const unhandled = failed.filter((taskRun) => !isHandled(taskRun)).map(({ task }) => task.name);
  return [...new Set(unhandled)].sort();
}

/** What a workflow's execution ends with. */
export function workflowResult({ status, output, failedTasks, timedOutAfter: seconds }: WorkflowRun): JsonObject {
  if (status === 'completed') return { succeeded: true, ...output };
  if (seconds !== null) return { succeeded: false, ...limitMarks(seconds, 'workflow') };
  const error = `Workflow failed: ${failedTasks.length} task(s) failed: ${failedTasks.join(', ')}`;
  return { succeeded: false, error: status === 'cancelled' ? 'Workflow cancelled' : error };
}
