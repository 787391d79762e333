import { isTerminal } from '../../../contract/status';
import { completeTask, startReadyTasks } from './advance';
import { findAwaitingTask, handleChildEnded } from './child-ended';
import type { CancellationPolicy } from './definition';
import { finishCancelled, finishWhenIdle, finishWorkflow } from './finish';
import { graphOf } from './graph';
import { cancelWaitingItems, collectedOutcome } from './items';
import { takeOver } from './take-over';
import { holdReadyTasks, holdWorkflow, resumeWorkflow, skipHeldTasks } from './pause';
import { roundsAtStart } from './rounds';
import { markReady } from './start-round';
import { addEffect, beginStep, isPlain, taskStateOf, type StepContext } from './step-context';
import { isHeld, type Effect, type ItemsCollected, type Signal, type Started, type WorkflowState } from './types';

/** The state of a workflow that has not started. */
export const initialState = (): WorkflowState => ({
  status: 'requested',
  startedAt: 0,
  parameters: {},
  config: {},
  variables: {},
  sizes: {},
  secrets: { parameters: null, config: null, variables: null },
  tasks: {},
  lastEnded: null,
});

/**
 * Applies one signal to the context's state. Returns the effects that the shell must perform, in
 * order. `now` (epoch ms) is an argument, so the same state and arguments give the same result
 * after a crash. A workflow that has ended ignores every signal, and a signal that is out of date
 * changes nothing.
 */
export function step(context: StepContext, signal: Signal, now: number): readonly Effect[] {
  const handler = isTerminal(context.state.status) ? null : handlerFor(context.state, signal);
  if (handler === null) return [];
  beginStep(context, now);
  handler(context);
  if (isHeld(context.state)) holdReadyTasks(context);
  else startReadyTasks(context);
  if (!isTerminal(context.state.status)) finishWhenIdle(context);
  return context.effects;
}

type Handler = (context: StepContext) => void;

/** Null for a signal that comes too late or too early to change anything. */
function handlerFor(state: WorkflowState, signal: Signal): Handler | null {
  switch (signal.type) {
    case 'started':
      return state.status === 'requested' ? (context) => startWorkflow(context, signal) : null;
    case 'cancel-requested':
      return state.status === 'canceling' ? null : (context) => cancelWorkflow(context, signal.policy);
    case 'timed-out':
      return state.status === 'requested' || state.timedOutAfter !== undefined ? null : timeOutWorkflow;
    case 'pause-requested':
      return state.status === 'canceling' || isHeld(state) ? null : holdWorkflow;
    case 'resumed':
      return isHeld(state) ? resumeWorkflow : null;
    case 'child-ended': {
      const task = findAwaitingTask(state, signal);
      return task ? (context) => handleChildEnded(context, task, signal) : null;
    }
    case 'items-collected':
      return itemsHandlerFor(state, signal);
  }
}

function itemsHandlerFor(state: WorkflowState, signal: ItemsCollected): Handler | null {
  const { status, items, error = null } = taskStateOf(state, signal.task) ?? {};
  if (status !== 'running' || !items || items.ended < items.total) return null;
  return (context) => completeTask(context, signal.task, collectedOutcome(items, signal, error));
}

/**
 * Entry tasks start together. Where tasks run only once, one that points to itself is none, and a
 * workflow in which every task is a target completes at once.
 */
function startWorkflow(context: StepContext, { parameters, config, secrets, takenOver }: Started): void {
  const { vars: variables, limit } = context.definition;
  context.state = {
    ...context.state,
    status: 'running',
    startedAt: context.now,
    parameters,
    config,
    variables,
    secrets: { parameters: null, config: null, ...secrets, variables: null },
  };
  if (limit !== null) addEffect(context, { type: 'set-limit', seconds: limit.seconds });
  if (markEntryTasks(context) === 0) finishWorkflow(context, 'completed', { succeeded: true });
  if (takenOver !== undefined) takeOver(context, takenOver);
}

/** Returns how many there are. */
export function markEntryTasks(context: StepContext): number {
  const { entryTasks, predecessors } = graphOf(context.definition);
  const first = isPlain(context) ? entryTasks.filter(({ name }) => !predecessors.has(name)) : entryTasks;
  for (const { name } of first) markReady(context, name, { from: null, rounds: roundsAtStart(context, name) });
  return first.length;
}

/** Nothing more starts. Running children may finish or are stopped, by the policy. */
function cancelWorkflow(context: StepContext, policy: CancellationPolicy | null): void {
  if (context.state.status === 'requested') {
    finishCancelled(context);
    return;
  }
  context.state = { ...context.state, status: 'canceling' };
  addEffect(context, { type: 'cancel-children', policy: policy ?? context.definition.cancellationPolicy });
  cancelUnstartedTasks(context);
}

/**
 * The limit has passed: running children are stopped, whatever the policy. An earlier cancel stays
 * the reason.
 */
function timeOutWorkflow(context: StepContext): void {
  const { limit } = context.definition;
  if (limit === null) return;
  addEffect(context, { type: 'cancel-children', policy: 'cancel_running', timedOutAfter: limit.seconds });
  if (context.state.status === 'canceling') return;
  context.state = { ...context.state, status: 'canceling', timedOutAfter: limit.seconds };
  cancelUnstartedTasks(context);
}

/** Waiting items, and the tasks that a pause holds. */
function cancelUnstartedTasks(context: StepContext): void {
  skipHeldTasks(context);
  for (const [name, { status, items }] of Object.entries(context.tasks)) {
    if (status !== 'running' || items === null) continue;
    const outcome = cancelWaitingItems(context, name, items);
    if (outcome !== null) completeTask(context, name, outcome);
  }
}
