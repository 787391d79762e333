import type { Json, JsonObject } from '../../../contract/json';
import { taintFromMembers, type Taint } from '../secrets/taint';
import { tryEvaluate } from '../template/try-evaluate';
import type { RunLimit } from './definition';
import { graphOf } from './graph';
import { scopeAfterTask } from './scope';
import { failedEarlier, hasUnmetRound, loopFault } from './start-round';
import { addEffect, addLogEntry, taskDefinitionOf, taskStateOf, updateTask, type StepContext } from './step-context';
import { hasFailed } from './task-status';
import type { WorkflowState } from './types';
import { renderStorable, type StorableValue } from './variables';

/** Ends the workflow once no task runs. One that has not started, and was paused, has none yet. */
export function finishWhenIdle(context: StepContext): void {
  if (context.runningCount > 0 || context.state.status === 'requested') return;
  if (context.state.status === 'canceling') {
    finishAfterStop(context);
    return;
  }
  skipUnmetJoins(context);
  const failed = unhandledFailures(context);
  if (failed.length > 0) finishWorkflow(context, 'failed', failureResult(context, failed));
  else completeWorkflow(context);
}

/** The first of the two, the cancel or the passed limit, decides how the workflow ends. */
function finishAfterStop(context: StepContext): void {
  const { timedOutAfter: seconds } = context.state;
  if (seconds === undefined) finishCancelled(context);
  else timeOut(context, seconds);
}

function timeOut(context: StepContext, seconds: number): void {
  const timeoutLevel = context.definition.limit?.level ?? 'workflow';
  finishWorkflow(context, 'failed', timeoutResult(seconds, timeoutLevel), { timeoutLevel });
}

export const CANCELLED_RESULT = { error: 'Workflow cancelled', succeeded: false };

export const finishCancelled = (context: StepContext): void => finishWorkflow(context, 'cancelled', CANCELLED_RESULT);

const timeoutResult = (seconds: number, level: RunLimit['level']): JsonObject => ({
  error: `Execution timed out after ${seconds} seconds`,
  succeeded: false,
  timed_out: true,
  timeout_seconds: seconds,
  timeout_level: level,
});

/** Adds the last effect of a workflow. */
export function finishWorkflow(
  context: StepContext,
  status: 'completed' | 'failed' | 'cancelled',
  result: JsonObject,
  options: { readonly secrets?: Taint; readonly timeoutLevel?: RunLimit['level'] } = {},
): void {
  context.state = { ...context.state, status };
  addEffect(context, { type: 'finish', status, result, ...options });
}

/** No task runs, so a join that still waits cannot be met. */
function skipUnmetJoins(context: StepContext): void {
  for (const { name } of graphOf(context.definition).topLevelTasks) {
    const task = taskStateOf(context.state, name);
    if (task === undefined || !(task.status === 'pending' || hasUnmetRound(context, task))) continue;
    if (task.status === 'pending') updateTask(context, name, { status: 'skipped' });
    addLogEntry(context, 'STEP_SKIPPED', name, null, { reason: 'join' });
  }
}

function failureResult(context: StepContext, names: readonly string[]): JsonObject {
  const error = `Workflow failed: ${names.length} task(s) failed: ${names.join(', ')}`;
  const failed = names.map((name) => taskDefinitionOf(context.definition, name));
  const fault = failed.map((task) => loopFault(context, task)).find((found) => found !== null);
  if (fault === undefined) return { error, succeeded: false };
  return { error: `${error}. ${fault.message}`, code: fault.code, succeeded: false };
}

/** Failed tasks, in order of the file, none of whose fired transitions led to a task that ran. */
export function unhandledFailures({ definition, state }: StepContext): string[] {
  const wasRun = (target: string) => hasRun(state, target);
  const earlier = new Set(failedEarlier(state, wasRun));
  return graphOf(definition).topLevelTasks.flatMap(({ name }) => {
    const task = taskStateOf(state, name);
    const isUnhandled = task && hasFailed(task) && !task.handlers.some(wasRun);
    return isUnhandled || earlier.has(name) ? [name] : [];
  });
}

/** A round of the task ran: one that was skipped, or could not be dispatched, did not. */
function hasRun(state: WorkflowState, name: string): boolean {
  const task = taskStateOf(state, name);
  if (task === undefined || task.status === 'pending') return false;
  return task.hasEarlierResult === true || (task.status !== 'skipped' && task.error === null);
}

/**
 * The result is the rendered output map; an entry that cannot be rendered is left out with a
 * warning.
 */
function completeWorkflow(context: StepContext): void {
  const scope = scopeAfterTask(context, context.state.lastEnded);
  const output = Object.entries(context.definition.outputMap ?? {}).flatMap(
    ([name, template]): [string, StorableValue][] => {
      const rendered = tryEvaluate(() => renderStorable(context, template, scope));
      if ('value' in rendered) return [[name, rendered.value]];
      addEffect(context, { type: 'log', entry: 'WARNING', payload: { output: name, error: rendered.error.message } });
      return [];
    },
  );
  const values = output.map(([name, { value }]): [string, Json] => [name, value]);
  const secrets = taintFromMembers(output.map(([name, { taint }]) => [name, taint]));
  const result = { succeeded: true, ...Object.fromEntries(values) };
  finishWorkflow(context, 'completed', result, secrets === null ? {} : { secrets });
}
