import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import type { Task, Transition } from '../../../../helpers/scenario/resources/workflow-task';
import { ExpressionError } from '../expressions/evaluator/expression-error';
import { addChild, lastAttempts, startChild } from './children';
import { NO_OUTCOME, type Scope, type TaskOutcome } from '../expressions/evaluator/scope';
import { leadsBack, roundOf, startRound } from './loops';
import { ModelError } from './model-error';
import { labelOf, type ChildRun, type TaskRun, type Trigger, type WorkflowRun } from './state';
import { isConditionTrue, render, renderObject } from '../expressions/evaluator/template';

/** The names of a workflow. `more`: those of an item. */
export function scopeOf(run: WorkflowRun, { result, outcome }: Pick<Trigger, 'result' | 'outcome'>, more = {}): Scope {
  const ended = [...run.tasks.values()].filter(({ status }) => status !== 'running' && status !== 'skipped');
  const task = Object.fromEntries(ended.map(({ task: { name }, view }) => [name, { result: view, ...view }]));
  const { parameters, variables } = run;
  const names = {
    ...variables,
    parameters,
    task,
    tasks: task,
    workflow: variables,
    vars: variables,
    variables,
    ...more,
  };
  return { names, result, outcome };
}

/** Starts a task, or skips it if its condition is false. */
export function startTask(run: WorkflowRun, task: Task, trigger: Trigger): void {
  const taskRun: TaskRun = {
    run,
    task,
    round: roundOf(run, task.name) + 1,
    triggeredBy: trigger.by,
    after: trigger.after,
    children: [],
    targets: [],
    status: 'running',
    view: {},
  };
  run.tasks.set(task.name, taskRun);
  if (task.when !== undefined && !isConditionTrue(task.when, scopeOf(run, trigger))) {
    taskRun.status = 'skipped';
    run.world.signals.push({ is: 'task skipped', taskRun, trigger });
    return;
  }
  const items = itemsOf(run, task, trigger);
  for (const [index, item] of items.entries()) {
    const names = task.with_items === undefined ? {} : { item, index };
    const config = configOf(run, task, scopeOf(run, trigger, names));
    const position = task.with_items === undefined ? null : index;
    addChild({ taskRun, index: position, retry: 0, config, after: trigger.after });
  }
  taskRun.children.slice(0, task.concurrency ?? 1).forEach(startChild);
  if (items.length === 0) run.world.signals.push({ is: 'task ended', taskRun, last: null });
}

/** One element for each child. Without `with_items` there is one, which no name shows. */
function itemsOf(run: WorkflowRun, { with_items: list, batch_size: size }: Task, trigger: Trigger): Json[] {
  if (list === undefined) return [null];
  const value = render(list, scopeOf(run, trigger));
  const items = Array.isArray(value) ? value : [value];
  if (size === undefined) return items;
  return items.flatMap((_, n) => (n % size === 0 ? [items.slice(n, n + size)] : []));
}

function configOf(run: WorkflowRun, { input = {} }: Task, scope: Scope): JsonObject | null {
  return Object.keys(input).length === 0 ? run.config : renderObject(input, scope);
}

/** Its unconditional transitions fire. */
export function endSkippedTask(taskRun: TaskRun, trigger: Trigger): void {
  followTransitions(taskRun, { ...trigger, result: null, outcome: NO_OUTCOME });
  taskRun.run.world.signals.push({ is: 'task finished', run: taskRun.run });
}

/** All children of a task have ended, each after its retries. */
export function endTask(taskRun: TaskRun, last: ChildRun | null): void {
  const { run, task } = taskRun;
  const ended = lastAttempts(taskRun);
  taskRun.status = statusOf(ended);
  const items = ended.map(({ result }) => result ?? {});
  taskRun.view = { ...last?.result, ...(task.with_items !== undefined && { items }) };
  if (run.status === 'running') {
    run.lastView = taskRun.view;
    const after = taskRun.children.length > 0 ? ended.map(labelOf) : taskRun.after;
    followTransitions(taskRun, { by: task.name, result: taskRun.view, outcome: outcomeOf(taskRun), after });
  }
  run.world.signals.push({ is: 'task finished', run });
}

/** A failure counts more than a limit, and a limit more than an expired inquiry. */
function statusOf(children: readonly ChildRun[]): Exclude<TaskRun['status'], 'running' | 'skipped'> {
  const others = children.filter((child) => !isOverLimit(child)).map(({ status }) => status);
  if (others.some((status) => status !== 'completed' && status !== 'timeout')) return 'failed';
  if (others.length < children.length) return 'over limit';
  return others.includes('timeout') ? 'timeout' : 'succeeded';
}

const isOverLimit = ({ status, process, taskRun: { run } }: ChildRun): boolean =>
  run.world.modelCase.areLimitsTimeouts && status === 'failed' && process?.end.is === 'never';

/** A task over its limit has failed, too, if none of its transitions is for timeouts. */
function outcomeOf({ status, task: { next = [] } }: TaskRun): TaskOutcome {
  const isOver = status === 'over limit';
  const isHandled = next.some(({ when = '' }) => when.includes('timed_out()'));
  return {
    succeeded: status === 'succeeded',
    failed: status === 'failed' || (isOver && !isHandled),
    timedOut: status === 'timeout' || isOver,
  };
}

/**
 * Every transition whose condition is true publishes, then its targets are considered, each once.
 * A target with a join starts after that many different tasks.
 */
function followTransitions(taskRun: TaskRun, trigger: Trigger): void {
  const { run, task } = taskRun;
  const targets = (task.next ?? []).flatMap((transition) => {
    if (transition.when !== undefined && !isConditionTrue(transition.when, scopeOf(run, trigger))) return [];
    publish(run, transition, trigger);
    return transition.do ?? [];
  });
  taskRun.targets = [...new Set(targets)];
  for (const name of taskRun.targets) {
    const target = run.workflow.tasks.find((each) => each.name === name);
    if (!target) throw new ModelError(`no such task: ${name}`);
    considerTarget(run, target, { ...trigger, by: task.name });
  }
}

function considerTarget(run: WorkflowRun, target: Task, trigger: Trigger): void {
  if (leadsBack(run, trigger.by, target.name)) startRound(run, target.name);
  const arrivals = run.arrivals.get(target.name) ?? new Map<string, readonly string[]>();
  run.arrivals.set(target.name, arrivals.set(trigger.by ?? '', trigger.after));
  if (arrivals.size !== (target.join ?? 1)) return; // not enough yet, or it has started already
  const after = [...new Set([...arrivals.values()].flat())];
  run.world.signals.push({ is: 'task started', run, task: target, trigger: { ...trigger, after } });
}

/** An item that cannot be rendered is left out; the others are published. */
function publish(run: WorkflowRun, { publish: items = [] }: Transition, trigger: Trigger): void {
  const isSkipped = trigger.outcome === NO_OUTCOME;
  if (isSkipped && items.length > 0) throw new ModelError('the contract names no result of a skipped task');
  const scope = scopeOf(run, trigger);
  for (const item of items) {
    if (!isObject(item)) run.variables[item] = trigger.result;
    else for (const [name, value] of Object.entries(item)) publishOne(run, name, value, scope);
  }
}

function publishOne({ variables }: WorkflowRun, name: string, value: Json, scope: Scope): void {
  try {
    variables[name] = render(value, scope);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
  }
}
