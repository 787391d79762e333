import { taintFromMembers } from '../secrets/taint';
import { evaluateCondition } from '../template/condition';
import { tryEvaluate } from '../template/try-evaluate';
import type { Scope } from '../template/types';
import { buildChild, templateDispatchFault, type DispatchFault } from './child';
import type { TaskDefinition, TransitionDefinition } from './definition';
import { graphOf } from './graph';
import { startItems } from './items';
import { NO_ROUNDS } from './rounds';
import { scopeAfterTask, scopeAtStart } from './scope';
import { loopFault, markReady, recordTransition, startNextRound, takeTrigger } from './start-round';
import {
  addEffect,
  addLogEntry,
  currentRound,
  newBudget,
  taskDefinitionOf,
  taskStateOf,
  triggerOf,
  updateTask,
  type StepContext,
} from './step-context';
import { hasFailed } from './task-status';
import type { EndedTask, PublishedValue, TaskEnd, TaskOutcome, TaskState, TaskStatus } from './types';
import { publishVariables } from './variables';

/*
 * How a workflow advances: a completed task fires its transitions; a fired transition makes its
 * targets ready as their joins are met; a ready task starts. A task that is skipped, cannot start
 * or has no items completes at once, so that completeTask and startTask lead to each other through
 * `readyTasks`.
 */

/** Starts every ready task, and those that become ready by it. */
export function startReadyTasks(context: StepContext): void {
  for (let index = 0; index < context.readyTasks.length; index++) {
    startTask(context, taskDefinitionOf(context.definition, context.readyTasks[index]!));
  }
  context.readyTasks.length = 0;
}

/** A task that runs again shows its last result until it ends. */
function startTask(context: StepContext, task: TaskDefinition): void {
  const { when, name } = task;
  const scope = scopeAtStart(context, name);
  const trigger = takeTrigger(context, name);
  const fault = loopFault(context, task);
  if (fault !== null) return failToStart(context, task, null, fault);
  const guard = tryEvaluate(() => when === null || evaluateCondition(when, scope, newBudget(context)));
  if ('error' in guard) failToStart(context, task, null, templateDispatchFault(guard.error));
  else if (!guard.value) skipTask(context, task);
  else if (task.subtasks.length > 0) startParallelTask(context, task, trigger);
  else if (task.withItems !== null) startItemsTask(context, task, scope);
  else startActionTask(context, task, scope);
}

function skipTask(context: StepContext, { name }: TaskDefinition): void {
  addLogEntry(context, 'STEP_SKIPPED', name, null, { reason: 'when' });
  completeTask(context, name, { status: 'skipped', result: null, secrets: null, error: null });
}

function startParallelTask(context: StepContext, { name, subtasks }: TaskDefinition, ended?: EndedTask): void {
  addLogEntry(context, 'STEP_STARTED', name, null);
  const from = triggerOf(context, name);
  for (const subtask of subtasks)
    markReady(context, subtask.name, { from, rounds: NO_ROUNDS, ...(ended && { ended }) });
}

function startItemsTask(context: StepContext, task: TaskDefinition, scope: Scope): void {
  const start = startItems(context, task, scope);
  if (start.kind === 'fault') return failToStart(context, task, start.index, start.fault);
  if (start.kind === 'started') return;
  addLogEntry(context, 'STEP_STARTED', task.name, null);
  addLogEntry(context, 'STEP_COMPLETED', task.name, null);
  completeTask(context, task.name, { status: 'completed', result: { items: [] }, secrets: null, error: null });
}

function startActionTask(context: StepContext, task: TaskDefinition, scope: Scope): void {
  const child = buildChild(context, task, scope, { index: null, released: true });
  if (!('type' in child)) return failToStart(context, task, null, child);
  addLogEntry(context, 'STEP_STARTED', task.name, null);
  addEffect(context, child);
}

/**
 * The task failed without having started, which no transition can handle. One with an action is
 * recorded as a child.
 */
function failToStart(context: StepContext, task: TaskDefinition, index: number | null, fault: DispatchFault): void {
  const { name, action } = task;
  const { code, message: error } = fault;
  if (action !== null) {
    const place = { task: name, index, round: currentRound(context, name) };
    const triggeredBy = triggerOf(context, name);
    addEffect(context, { type: 'record-undispatched', ...place, action, triggeredBy, code, error });
  }
  addLogEntry(context, 'STEP_FAILED', name, index, { code, error });
  completeTask(context, name, { status: 'failed', result: { error }, secrets: null, error });
}

/**
 * Completes a task and fires its transitions. The last subtask to end completes its parallel task.
 */
export function completeTask(context: StepContext, name: string, outcome: TaskOutcome): void {
  updateTask(context, name, outcome);
  const ended = taskStateOf(context.state, name)!; // its transitions may start its next round
  const parent = graphOf(context.definition).parentOf.get(name);
  if (parent !== undefined) {
    reportEnd(context, name, ended, NOTHING_FIRED);
    completeParallelTask(context, taskDefinitionOf(context.definition, parent));
    return;
  }
  if (outcome.status !== 'skipped') context.state = { ...context.state, lastEnded: name };
  if (context.state.status !== 'running') return;
  reportEnd(context, name, ended, outcome.error === null ? fireTransitions(context, name) : NOTHING_FIRED);
  startNextRound(context, name);
}

/** What the transitions of an ended task did. */
type Fired = Pick<TaskEnd, 'published' | 'targets'>;

const NOTHING_FIRED: Fired = { published: [], targets: [] };

function reportEnd({ onTaskEnd }: StepContext, task: string, ended: TaskState, fired: Fired): void {
  const { round = 1, rounds, triggeredBy, retries, status, result, secrets, error } = ended;
  const outcome = { status, result, secrets, error } as TaskOutcome;
  onTaskEnd?.({ task, round, ...(rounds && { rounds }), triggeredBy, retries, outcome, ...fired });
}

const hasEnded = ({ status }: TaskState): boolean => status !== 'running' && status !== 'pending';

/** The result of a parallel task is its subtasks' result views by name. */
function completeParallelTask(context: StepContext, { name, subtasks }: TaskDefinition): void {
  const states = subtasks.flatMap((subtask): [string, TaskState][] => {
    const state = taskStateOf(context.state, subtask.name);
    return state ? [[subtask.name, state]] : [];
  });
  if (!states.every(([, state]) => hasEnded(state))) return;
  const status = worstStatus(states.map(([, state]) => state.status));
  const executed = states.filter(([, state]) => state.status !== 'skipped');
  addLogEntry(context, status === 'completed' ? 'STEP_COMPLETED' : 'STEP_FAILED', name, null);
  completeTask(context, name, {
    status,
    result: Object.fromEntries(executed.map(([subtask, { result }]) => [subtask, result])),
    secrets: taintFromMembers(executed.map(([subtask, { secrets }]) => [subtask, secrets])),
    error: null,
  });
}

function worstStatus(statuses: readonly TaskStatus[]): Exclude<TaskOutcome['status'], 'skipped'> {
  if (statuses.includes('failed')) return 'failed';
  if (statuses.includes('over_limit')) return 'over_limit';
  return statuses.includes('timeout') ? 'timeout' : 'completed';
}

/**
 * Fires every matching transition of a completed task, in order of the list: it publishes, and the
 * next one sees what was published. Then the targets of all of them are considered, each once.
 */
function fireTransitions(context: StepContext, name: string): Fired {
  const targets = new Set<string>();
  const published: PublishedValue[] = [];
  let isDecisionMade = false;
  for (const transition of taskDefinitionOf(context.definition, name).next) {
    if (transition.isDefaultBranch && isDecisionMade) continue;
    if (!transitionMatches(context, transition, name)) continue;
    isDecisionMade ||= transition.isDecisionBranch;
    published.push(...publishVariables(context, transition.publish, name));
    transition.targets.forEach((target) => targets.add(target));
  }
  const ended = taskStateOf(context.state, name)!;
  if (hasFailed(ended)) updateTask(context, name, { handlers: [...targets] });
  for (const target of targets) recordTransition(context, target, name, ended);
  return { published, targets: [...targets] };
}

/**
 * A condition that cannot be evaluated matches if the task succeeded. After a skipped task only
 * `when: null` matches.
 */
function transitionMatches(context: StepContext, { when }: TransitionDefinition, name: string): boolean {
  const scope = scopeAfterTask(context, name);
  if (when === null) return true;
  if (scope.outcome === 'skipped') return false;
  const evaluated = tryEvaluate(() => evaluateCondition(when, scope, newBudget(context)));
  if ('value' in evaluated) return evaluated.value;
  addLogEntry(context, 'WARNING', name, null, { when, error: evaluated.error.message });
  return scope.outcome === 'succeeded';
}
