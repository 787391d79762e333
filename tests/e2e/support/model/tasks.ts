import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import type { Task, Transition } from '../../../../helpers/scenario/resources/workflow-task';
import type { ModelTask } from './model-case';
import { addChild, lastAttempts, startStep } from './children';
import { NO_OUTCOME, type Scope } from '../expressions/evaluator/scope';
import { transitionsOf } from './legacy';
import { leadsBack, roundOf, startRound } from './loops';
import { logRun, logStep } from './log';
import { ExpressionError } from '../expressions/evaluator/expression-error';
import { ModelError } from './model-error';
import { outcomeOf, scopeOf, statusOf } from './outcome';
import { viewOf } from './results';
import { labelOf, type ChildRun, type TaskRun, type TaskStart, type Trigger, type WorkflowRun } from './state';
import { isConditionTrue, render, renderObject } from '../expressions/evaluator/template';

/** Starts a task, or skips it if its condition is false. */
export function startTask({ run, task, trigger, group }: TaskStart): void {
  const taskRun: TaskRun = {
    run,
    task,
    group,
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
    logStep(taskRun, 'STEP_SKIPPED', null, { reason: 'when' });
    run.world.signals.push({ is: 'task skipped', taskRun, trigger });
    return;
  }
  if (task.tasks) return startGroup(taskRun, task.tasks, trigger);
  const items = itemsOf(run, task, trigger);
  for (const [index, item] of items.entries()) {
    const names = task.with_items === undefined ? {} : { item, index };
    const config = configOf(run, task, scopeOf(run, trigger, names));
    const position = task.with_items === undefined ? null : index;
    const permissionSets = permissionSetsOf(task, scopeOf(run, trigger, names));
    const selector = task.worker_selector ? renderObject(task.worker_selector, scopeOf(run, trigger, names)) : null;
    addChild({ taskRun, index: position, retry: 0, config, permissionSets, selector, after: trigger.after });
  }
  const first = taskRun.children.slice(0, task.concurrency ?? 1);
  for (const child of first) child.isReleased = true; // the end of one starts none of the others
  first.forEach(startStep);
  if (items.length > 0) return;
  logStep(taskRun, 'STEP_STARTED', null);
  logStep(taskRun, 'STEP_COMPLETED', null);
  run.world.signals.push({ is: 'task ended', taskRun, last: null });
}

/** All parts of a parallel task start; what starts them is what started it. */
function startGroup(group: TaskRun, tasks: readonly Task[], trigger: Trigger): void {
  const { run } = group;
  logStep(group, 'STEP_STARTED', null);
  for (const task of tasks) run.world.signals.push({ is: 'task started', run, task, trigger, group });
}

function permissionSetsOf({ permission_set_refs: refs = [] }: ModelTask, scope: Scope): string[] {
  const rendered = render(refs, scope);
  const list = Array.isArray(rendered) ? rendered : [rendered];
  if (list.every((ref) => typeof ref === 'string')) return list;
  throw new ModelError('permission_set_refs is no list of refs');
}

/** One element for each child. Without `with_items` there is one, which no name shows. */
function itemsOf(run: WorkflowRun, { with_items: list, batch_size: size }: ModelTask, trigger: Trigger): Json[] {
  if (list === undefined) return [null];
  const value = render(list, scopeOf(run, trigger));
  const items = Array.isArray(value) ? value : [value];
  if (size === undefined) return items;
  return items.flatMap((_, n) => (n % size === 0 ? [items.slice(n, n + size)] : []));
}

function configOf(run: WorkflowRun, { input = {} }: ModelTask, scope: Scope): JsonObject | null {
  return Object.keys(input).length === 0 ? run.config : renderObject(input, scope);
}

/** Its unconditional transitions fire. */
export function endSkippedTask(taskRun: TaskRun, trigger: Trigger): void {
  if (taskRun.group) return endGroup(taskRun.group);
  followTransitions(taskRun, { ...trigger, result: null, outcome: NO_OUTCOME });
  taskRun.run.world.signals.push({ is: 'task finished', run: taskRun.run });
}

/** All children of a task have ended, each after its retries. */
export function endTask(taskRun: TaskRun, last: ChildRun | null): void {
  const { run, task } = taskRun;
  const ended = lastAttempts(taskRun);
  taskRun.status = statusOf(ended);
  const items = ended.map(({ result, status }) => viewOf(result, status));
  const view = last ? viewOf(last.result, last.status) : {};
  taskRun.view = { ...view, ...(task.with_items !== undefined && { items }) };
  if (taskRun.group) return endGroup(taskRun.group);
  if (run.status === 'running') {
    run.lastView = taskRun.view;
    const after = taskRun.children.length > 0 ? ended.map(labelOf) : taskRun.after;
    followTransitions(taskRun, { by: task.name, result: taskRun.view, outcome: outcomeOf(taskRun), after });
  }
  run.world.signals.push({ is: 'task finished', run });
}

/** A parallel task ends with the last of its parts; its result has theirs by name. */
function endGroup(group: TaskRun): void {
  const { run, task } = group;
  const parts = (task.tasks ?? []).map(({ name }) => run.tasks.get(name));
  if (parts.some((part) => part === undefined || part.status === 'running')) return;
  const ended = parts.flatMap((part) => (part && part.status !== 'skipped' ? part : []));
  const statuses = ended.map(({ status }) => status);
  group.status = WORST_FIRST.find((status) => statuses.includes(status)) ?? 'succeeded';
  group.view = Object.fromEntries(ended.map((part) => [part.task.name, part.view]));
  logStep(group, group.status === 'succeeded' ? 'STEP_COMPLETED' : 'STEP_FAILED', null);
  if (run.status === 'running') {
    run.lastView = group.view;
    const after = ended.flatMap((part) => lastAttempts(part).map(labelOf));
    followTransitions(group, { by: task.name, result: group.view, outcome: outcomeOf(group), after });
  }
  run.world.signals.push({ is: 'task finished', run });
}

const WORST_FIRST = ['failed', 'over limit', 'timeout'] as const;

/**
 * Every transition whose condition is true publishes, then its targets are considered, each once.
 * A target with a join starts after that many different tasks.
 */
function followTransitions(taskRun: TaskRun, trigger: Trigger): void {
  const { run, task } = taskRun;
  let isDecided = false;
  const targets = transitionsOf(task).flatMap((transition) => {
    if (transition.decision === 'default' && isDecided) return [];
    if (!doesFire(taskRun, transition.when, trigger)) return [];
    isDecided ||= transition.decision !== undefined;
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

/** A condition that cannot be evaluated is true if the task succeeded, with a warning. */
function doesFire({ run, task }: TaskRun, when: string | undefined, trigger: Trigger): boolean {
  if (when === undefined) return true;
  if (trigger.outcome === NO_OUTCOME) return false;
  try {
    return isConditionTrue(when, scopeOf(run, trigger));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    logRun(run, 'WARNING', { task: task.name, when, hasReason: true });
    return trigger.outcome.succeeded;
  }
}

function considerTarget(run: WorkflowRun, target: ModelTask, trigger: Trigger): void {
  if (leadsBack(run, trigger.by, target.name)) startRound(run, target.name);
  const arrivals = run.arrivals.get(target.name) ?? new Map<string, readonly string[]>();
  run.arrivals.set(target.name, arrivals.set(trigger.by ?? '', trigger.after));
  if (arrivals.size !== (target.join ?? 1)) return; // not enough yet, or it has started already
  const after = [...new Set([...arrivals.values()].flat())];
  run.world.signals.push({ is: 'task started', run, task: target, trigger: { ...trigger, after }, group: null });
}

/** An item that cannot be rendered is left out; the others are published. */
function publish(run: WorkflowRun, { publish: items = [] }: Transition, trigger: Trigger): void {
  const isSkipped = trigger.outcome === NO_OUTCOME;
  if (isSkipped && items.length > 0) throw new ModelError('the contract names no result of a skipped task');
  const scope = scopeOf(run, trigger);
  for (const item of items) {
    if (!isObject(item)) run.variables[item] = trigger.result;
    else for (const [name, value] of Object.entries(item)) publishOne(run, name, value, scope, trigger);
  }
}

function publishOne(run: WorkflowRun, name: string, value: Json, scope: Scope, { by }: Trigger): void {
  try {
    run.variables[name] = render(value, scope);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    logRun(run, 'WARNING', { task: by, publish: name, hasReason: true });
  }
}
