import type { JsonObject } from '../../../contract/json';
import type { LogType } from '../../../contract/executions';
import { DEFAULT_MAX_ROUNDS } from '../../../contract/workflows/rounds';
import type { Taint } from '../secrets/taint';
import { Budget, SharedBudget } from '../template/budget';
import type { TaskDefinition, WorkflowDefinition } from './definition';
import type { Effect, TaskEnd, TaskState, WorkflowState } from './types';

/**
 * What the steps of a workflow work on. Mutable, so that the steps of one transaction copy the
 * task states once, and not once each; no other code has a reference to them.
 */
export interface StepContext {
  readonly definition: WorkflowDefinition;
  /** Stored keys by name, all of them secret. */
  readonly keystore: JsonObject;
  /** Ids of the keys that references in the definition may read, by ref; null: they are data. */
  readonly connections: ReadonlyMap<string, number> | null;
  /** How often a task may start in one run; null: as of `isPlain`. */
  readonly maxRounds: number | null;
  /** As of `Scope`. */
  readonly onSecretDecision?: () => void;
  /** Called at the end of a task, when its transitions have fired. */
  readonly onTaskEnd?: (end: TaskEnd) => void;
  state: WorkflowState;
  /** The context's own copy of the task states, which is also `state.tasks`. */
  readonly tasks: Record<string, TaskState>;
  /** How many of `tasks` have the status `running`. */
  runningCount: number;
  /** Epoch ms of the current step. */
  now: number;
  /** What all expressions of the current step may use together. */
  sharedBudget: SharedBudget;
  /**
   * Result views of ended tasks by name; null at the start of a step, and when a task has a newer
   * result.
   */
  resultViews: { readonly value: JsonObject; readonly taint: Taint } | null;
  /** The effects of the current step. */
  effects: Effect[];
  /** Names of tasks whose preconditions hold and that are yet to start, in order. */
  readonly readyTasks: string[];
}

/**
 * The context of the steps that follow `state`, which stays as it is. `keystore` holds the keys
 * that the definition names (`keystoreReferences`): expressions see them as secrets, and the
 * state never holds them. `connections`: of the references that the definition contains.
 */
export function createStepContext(
  definition: WorkflowDefinition,
  state: WorkflowState,
  keystore: JsonObject,
  connections: StepContext['connections'],
  maxRounds: StepContext['maxRounds'] = DEFAULT_MAX_ROUNDS,
): StepContext {
  const tasks = { ...state.tasks };
  return {
    definition,
    keystore,
    connections,
    maxRounds,
    tasks,
    state: { ...state, tasks },
    runningCount: Object.values(tasks).filter(({ status }) => status === 'running').length,
    readyTasks: [],
    ...stepFields(0),
  };
}

/**
 * Whether the workflow has Attune's language alone: a task runs once, whatever leads back to it,
 * and a value of `with_items` that is no list is the only item.
 */
export const isPlain = ({ maxRounds }: Pick<StepContext, 'maxRounds'>): boolean => maxRounds === null;

/** A step depends on the state, its signal and `now` alone: no part of the step before is left. */
export function beginStep(context: StepContext, now: number): void {
  Object.assign(context, stepFields(now));
}

/** What a step begins with. */
const stepFields = (now: number): Pick<StepContext, 'now' | 'sharedBudget' | 'resultViews' | 'effects'> => ({
  now,
  sharedBudget: new SharedBudget(),
  resultViews: null,
  effects: [],
});

/** The budget of one value or condition. */
export const newBudget = ({ sharedBudget }: StepContext): Budget => new Budget(sharedBudget);

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

export const INITIAL_TASK_STATE: TaskState = {
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
  setTask(context, name, { ...(taskStateOf(context.state, name) ?? INITIAL_TASK_STATE), ...change });
}

/** Replaces the state of a task. */
export function setTask(context: StepContext, name: string, after: TaskState): void {
  const before = taskStateOf(context.state, name) ?? INITIAL_TASK_STATE;
  context.tasks[name] = after;
  context.runningCount += Number(after.status === 'running') - Number(before.status === 'running');
  const hasEnded = after.status !== before.status && after.status !== 'running';
  if (hasEnded || after.result !== before.result) context.resultViews = null;
}

export function addEffect(context: StepContext, effect: Effect): void {
  context.effects.push(effect);
}

/** Which start of a task is the current one: 1 the first. */
export const currentRound = ({ state }: StepContext, name: string): number => taskStateOf(state, name)?.round ?? 1;

/** `index` is null for a task without items. The first round of a task is not named. */
export function addLogEntry(
  context: StepContext,
  type: LogType,
  task: string,
  index: number | null,
  details: JsonObject = {},
  round = currentRound(context, task),
): void {
  const place = { task, ...(index === null ? {} : { index }), ...(round > 1 && { round }) };
  addEffect(context, { type: 'log', entry: type, payload: { ...place, ...details } });
}
