import type { JsonObject } from '../../../contract/json';
import type { LogType } from '../../../contract/executions';
import type { Taint } from '../secrets/taint';
import { Budget, SharedBudget } from '../template/budget';
import type { TaskDefinition, WorkflowDefinition } from './definition';
import type { Effect, StepResult, TaskState, WorkflowState } from './types';

/**
 * What one step works on. Mutable while the step lasts, so that a step over many tasks copies the
 * state once; no other code has a reference to it.
 */
export interface StepContext {
  readonly definition: WorkflowDefinition;
  /** Epoch ms. */
  readonly now: number;
  /** Stored keys by name, all of them secret. */
  readonly keystore: JsonObject;
  /** What all expressions of the step may use together. */
  readonly sharedBudget: SharedBudget;
  /** Result views of ended tasks by name; null when a task has a newer result. */
  resultViews: { readonly value: JsonObject; readonly taint: Taint } | null;
  state: WorkflowState;
  /** The step's own copy of the task states, which is also `state.tasks`. */
  readonly tasks: Record<string, TaskState>;
  readonly effects: Effect[];
  /** Names of tasks whose preconditions hold and that are yet to start, in order. */
  readonly readyTasks: string[];
}

export function createStepContext(
  definition: WorkflowDefinition,
  state: WorkflowState,
  now: number,
  keystore: JsonObject,
): StepContext {
  const tasks = { ...state.tasks };
  return {
    ...{ definition, now, keystore, tasks },
    sharedBudget: new SharedBudget(),
    resultViews: null,
    state: { ...state, tasks },
    effects: [],
    readyTasks: [],
  };
}

/** The budget of one value or condition. */
export const newBudget = ({ sharedBudget }: StepContext): Budget => new Budget(sharedBudget);

export const toStepResult = ({ state, effects }: StepContext): StepResult => ({ state, effects });

export const taskStateOf = (state: WorkflowState, name: string): TaskState | undefined =>
  Object.hasOwn(state.tasks, name) ? state.tasks[name] : undefined;

/** The definition of a task that has a state, and so exists. */
export function taskDefinitionOf(definition: WorkflowDefinition, name: string): TaskDefinition {
  const task = definition.tasks.get(name);
  if (!task) throw new Error(`the state has a task '${name}' that the definition does not have`);
  return task;
}

/** The predecessor whose transition started a task. */
export const triggerOf = ({ state }: StepContext, name: string): string | null =>
  taskStateOf(state, name)?.triggeredBy ?? null;

const INITIAL_TASK_STATE: TaskState = {
  status: 'pending',
  arrivals: [],
  triggeredBy: null,
  retries: 0,
  result: null,
  secrets: null,
  items: null,
  handlers: [],
  error: null,
};

export function updateTask(context: StepContext, name: string, change: Partial<TaskState>): void {
  context.tasks[name] = { ...(taskStateOf(context.state, name) ?? INITIAL_TASK_STATE), ...change };
  if ('result' in change) context.resultViews = null;
}

export function addEffect(context: StepContext, effect: Effect): void {
  context.effects.push(effect);
}

/** `index` is null for a task without items. */
export function addLogEntry(
  context: StepContext,
  type: LogType,
  task: string,
  index: number | null,
  details: JsonObject = {},
): void {
  addEffect(context, { type: 'log', entry: type, payload: { task, ...(index === null ? {} : { index }), ...details } });
}
