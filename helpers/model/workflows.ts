import { isObject, type JsonObject } from '../../contract/json';
import { ModelError } from './model-error';
import type { ModelWorkflow } from './model-case';
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
    ...{ world, workflow, config, parameters, variables: { ...workflow.parts.vars }, owner },
    ...{ tasks: new Map<string, TaskRun>(), arrivals: new Map<string, Map<string, readonly string[]>>() },
    ...{ status: 'running', output: null, failedTasks: [], lastView: null },
  };
}

/** The tasks that no transition names. */
export function entryTasks({ tasks }: ModelWorkflow) {
  const named = new Set(tasks.flatMap(({ next = [] }) => next.flatMap((transition) => transition.do ?? [])));
  return tasks.filter(({ name }) => !named.has(name));
}

/** A failed task is handled if a transition that it fired started a task. */
const isHandled = ({ run, targets }: TaskRun): boolean =>
  targets.some((name) => {
    const target = run.tasks.get(name);
    if (target?.status === 'skipped') throw new ModelError(`the only handler of a failure may be skipped: ${name}`);
    return target !== undefined;
  });

export function unhandledTasks(run: WorkflowRun): string[] {
  const failed = [...run.tasks.values()].filter(({ status }) => ['failed', 'timeout', 'over limit'].includes(status));
  return failed
    .filter((taskRun) => !isHandled(taskRun))
    .map(({ task }) => task.name)
    .sort();
}

/** What a workflow's execution ends with. */
export function workflowResult({ status, output, failedTasks }: WorkflowRun): JsonObject {
  if (status === 'completed') return { succeeded: true, ...output };
  const error = `Workflow failed: ${failedTasks.length} task(s) failed: ${failedTasks.join(', ')}`;
  return { succeeded: false, error: status === 'cancelled' ? 'Workflow cancelled' : error };
}
