import { isObject, type Json } from '../../../contract/json';
import { NO_KEY } from '../secrets/connections';
import { memberTaint, taintFromMembers, type Taint } from '../secrets/taint';
import { conditionCalls } from '../template/condition-calls';
import type { Scope, ScopeOutcome } from '../template/types';
import type { TaskDefinition } from './definition';
import { taskDefinitionOf, taskStateOf, type StepContext } from './step-context';
import type { EndedTask, TaskState, TaskStatus, WorkflowState } from './types';

const OUTCOME_BY_STATUS: Record<TaskStatus, ScopeOutcome> = {
  pending: null,
  running: null,
  completed: 'succeeded',
  failed: 'failed',
  timeout: 'timed_out',
  over_limit: 'over_limit',
  skipped: 'skipped',
};

/**
 * The outcome of a task with this status. After its own limit it has failed, too, unless one of
 * its transitions tests for a timeout.
 */
export function outcomeAfter({ definition }: StepContext, task: string, status: TaskStatus): ScopeOutcome {
  const outcome = OUTCOME_BY_STATUS[status];
  return outcome === 'over_limit' && testsTimeout(taskDefinitionOf(definition, task)) ? 'timed_out' : outcome;
}

const testsTimeout = ({ next }: TaskDefinition): boolean =>
  next.some(({ when }) => when !== null && conditionCalls(when, 'timed_out'));

/** The scope of expressions after a task ended; null where no task led here. */
export function scopeAfterTask(context: StepContext, endedTask: string | null): Scope {
  return scopeAfter(context, endedTask, endedTask === null ? undefined : taskStateOf(context.state, endedTask));
}

/** The scope of a task that starts: it sees what the transition that started it saw. */
export function scopeAtStart(context: StepContext, name: string): Scope {
  const { triggeredBy = null, trigger } = taskStateOf(context.state, name) ?? {};
  return trigger ? scopeAfter(context, triggeredBy, trigger) : scopeAfterTask(context, triggeredBy);
}

function scopeAfter(context: StepContext, name: string | null, task: EndedTask | undefined): Scope {
  const outcome = name !== null && task ? outcomeAfter(context, name, task.status) : null;
  return createScope(context, task?.result ?? null, task?.secrets ?? null, outcome);
}

/** The scope of expressions whose `result()` and outcome functions are given. */
export function createScope(context: StepContext, result: Json, resultTaint: Taint, outcome: ScopeOutcome): Scope {
  const { state, keystore, connections, onSecretDecision } = context;
  const namespaces: Record<string, () => Json> = {
    parameters: () => state.parameters,
    workflow: () => state.variables,
    vars: () => state.variables,
    variables: () => state.variables,
    task: () => resultViewsOf(context).value,
    tasks: () => resultViewsOf(context).value,
    config: () => state.config,
    keystore: () => keystore,
    system: () => ({ workflow_start: new Date(state.startedAt).toISOString() }),
  };
  const isNamespace = (name: string) => Object.hasOwn(namespaces, name);
  const variable = (name: string) => (Object.hasOwn(state.variables, name) ? state.variables[name] : undefined);
  return {
    name: (name) => (isNamespace(name) ? namespaces[name]?.() : variable(name)),
    result,
    outcome,
    secrets: {
      name: (name) =>
        isNamespace(name) ? namespaceTaint(context, state, name) : memberTaint(state.secrets.variables, name),
      result: resultTaint,
    },
    ...(connections && { connection: (ref: string) => connections.get(ref) ?? NO_KEY }),
    ...(onSecretDecision && { onSecretDecision }),
  };
}

function namespaceTaint(context: StepContext, { secrets }: WorkflowState, name: string): Taint {
  if (name === 'keystore') return true;
  if (name === 'parameters') return secrets.parameters;
  if (name === 'config') return secrets.config;
  if (name === 'task' || name === 'tasks') return resultViewsOf(context).taint;
  return name === 'system' ? null : secrets.variables;
}

/** Visiting all tasks costs about three plain steps for each. */
const STEPS_PER_TASK = 3;

/** In its first round a task that runs has no result; in a later one it shows the last. */
const showsResult = ({ status, hasEarlierResult }: TaskState): boolean =>
  status === 'running' ? hasEarlierResult === true : (OUTCOME_BY_STATUS[status] ?? 'skipped') !== 'skipped';

/** The result views of ended tasks, built once until another task ends. */
function resultViewsOf(context: StepContext): NonNullable<StepContext['resultViews']> {
  if (context.resultViews !== null) return context.resultViews;
  const tasks = Object.entries(context.tasks);
  context.sharedBudget.spend(STEPS_PER_TASK * tasks.length);
  const ended = tasks.filter(([, task]) => showsResult(task));
  context.resultViews = {
    value: Object.fromEntries(ended.map(([name, { result }]) => [name, withResultAlias(result)])),
    taint: taintFromMembers(ended.map(([name, { result, secrets }]) => [name, resultAliasTaint(result, secrets)])),
  };
  return context.resultViews;
}

/**
 * `task.a.x` may also be written `task.a.result.x`. The alias is not enumerable, so that a view
 * published as a whole does not contain itself twice.
 */
function withResultAlias(view: Json): Json {
  if (!isObject(view) || Object.hasOwn(view, 'result')) return view;
  return Object.defineProperty({ ...view }, 'result', { value: view, enumerable: false });
}

const resultAliasTaint = (view: Json, taint: Taint): Taint =>
  taint === null || typeof taint !== 'object' || !isObject(view) || Object.hasOwn(view, 'result')
    ? taint
    : { ...taint, result: taint };

/** The scope with `item` and `index` in it. */
export const scopeWithItem = (scope: Scope, item: Json, taint: Taint, index: number): Scope => ({
  ...scope,
  name: (name) => (name === 'item' ? item : name === 'index' ? index : scope.name(name)),
  secrets: {
    name: (name) => (name === 'item' ? taint : name === 'index' ? null : (scope.secrets?.name(name) ?? null)),
    result: scope.secrets?.result ?? null,
  },
});
