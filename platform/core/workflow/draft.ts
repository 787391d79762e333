import type { JsonObject } from '../../../contract/json';
import type { LogType } from '../../../contract/executions';
import { Allowance, Budget } from '../template/budget';
import type { Taint } from '../template/taint';
import type { Definition, Effect, State, Step, Task, TaskState } from './types';

/**
 * The state that one step is making. Mutable while the step lasts, so that a step over many tasks costs one copy;
 * nobody outside sees it before it is closed.
 */
export interface Draft {
  readonly definition: Definition;
  /** Epoch ms. */
  readonly now: number;
  /** Stored keys by name, all of them secret. */
  readonly keystore: JsonObject;
  /** What all expressions of the step may use up together. */
  readonly allowance: Allowance;
  /** Result views of ended tasks by name, and what of them is secret; null when a result is newer. */
  views: { readonly value: JsonObject; readonly taint: Taint } | null;
  state: State;
  /** The draft's own copy, which is also `state.tasks`. */
  readonly tasks: Record<string, TaskState>;
  readonly effects: Effect[];
  /** Names of tasks whose preconditions hold and that are yet to start, in order. */
  readonly released: string[];
}

export function openDraft(definition: Definition, state: State, now: number, keystore: JsonObject): Draft {
  const tasks = { ...state.tasks };
  const allowance = new Allowance();
  const world = { definition, now, keystore, allowance };
  return { ...world, views: null, state: { ...state, tasks }, tasks, effects: [], released: [] };
}

/** What the next value or condition may use up. */
export const budgetOf = ({ allowance }: Draft): Budget => new Budget(allowance);

export const closeDraft = ({ state, effects }: Draft): Step => ({ state, effects });

export const stateOf = (state: State, name: string): TaskState | undefined =>
  Object.hasOwn(state.tasks, name) ? state.tasks[name] : undefined;

/** The definition of a task that is known to exist: its state does. */
export function taskOf(definition: Definition, name: string): Task {
  const task = definition.tasks.get(name);
  if (!task) throw new Error(`the state names task '${name}', which its definition does not have`);
  return task;
}

const UNTOUCHED: TaskState = {
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

/** Changes what is given of a task's state; one that had none begins untouched. */
export function amend(draft: Draft, name: string, change: Partial<TaskState>): TaskState {
  const next = { ...(stateOf(draft.state, name) ?? UNTOUCHED), ...change };
  draft.tasks[name] = next;
  if ('result' in change) draft.views = null;
  return next;
}

export function emit(draft: Draft, ...effects: Effect[]): void {
  for (const effect of effects) draft.effects.push(effect);
}

/** `index` is null for a task without items. */
export function log(draft: Draft, entry: LogType, task: string, index: number | null, more: JsonObject = {}): void {
  emit(draft, { type: 'log', entry, payload: { task, ...(index === null ? {} : { index }), ...more } });
}

export const isSettled = (task: TaskState): boolean => task.status !== 'running' && task.status !== 'pending';
