import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import type { Task, Transition } from '../../../../helpers/scenario/resources/workflow-task';
import { addChild, lastAttempts, startStep } from './children';
import { NO_OUTCOME, type Scope } from '../expressions/evaluator/scope';
import { transitionsOf } from './legacy';
import { leadsBack, roundOf, startRound } from './loops';
import { logRun, logStep } from './log';
import { ExpressionError } from '../expressions/evaluator/expression-error';
import { ModelError } from './model-error';
import { outcomeOf, scopeOf, statusOf } from './outcome';
import { viewOf } from './results';
import { labelOf, type ChildRun, type TaskRun, type Trigger, type WorkflowRun } from './state';
import { isConditionTrue, render, renderObject } from '../expressions/evaluator/template';

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
    logStep(taskRun, 'STEP_SKIPPED', null, { reason: 'when' });
    run.world.signals.push({ is: 'task skipped', taskRun, trigger });
    return;
  }
  const items = itemsOf(run, task, trigger);
  for (const [index, item] of items.entries()) {
    const names = task.with_items === undefined ? {} : { item, index };
    const config = configOf(run, task, scopeOf(run, trigger, names));
    const position = task.with_items === undefined ? null : index;
    const permissionSets = permissionSetsOf(task, scopeOf(run, trigger, names));
    addChild({ taskRun, index: position, retry: 0, config, permissionSets, after: trigger.after });
  }
  taskRun.children.slice(0, task.concurrency ?? 1).forEach(startStep);
  if (items.length > 0) return;
  logStep(taskRun, 'STEP_STARTED', null);
  logStep(taskRun, 'STEP_COMPLETED', null);
  run.world.signals.push({ is: 'task ended', taskRun, last: null });
}

function permissionSetsOf({ permission_set_refs: refs = [] }: Task, scope: Scope): string[] {
  const rendered = render(refs, scope);
  const list = Array.isArray(rendered) ? rendered : [rendered];
  if (list.every((ref) => typeof ref === 'string')) return list;
  throw new ModelError('permission_set_refs is no list of refs');
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
  const items = ended.map(({ result, status }) => viewOf(result, status));
  const view = last ? viewOf(last.result, last.status) : {};
  taskRun.view = { ...view, ...(task.with_items !== undefined && { items }) };
  if (run.status === 'running') {
    run.lastView = taskRun.view;
    const after = taskRun.children.length > 0 ? ended.map(labelOf) : taskRun.after;
    followTransitions(taskRun, { by: task.name, result: taskRun.view, outcome: outcomeOf(taskRun), after });
  }
  run.world.signals.push({ is: 'task finished', run });
}

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
