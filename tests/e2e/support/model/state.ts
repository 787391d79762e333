import type { Json, JsonObject } from '../../../../contract/json';
import type { LogType } from '../../../../contract/executions';
import type { Status } from '../../../../contract/status';
import type { ExpectedInquiry, Pause, Round } from './expectation';
import type { TaskOutcome } from '../expressions/evaluator/scope';
import type { ModelCase, ModelTask, ModelWorkflow } from './model-case';
import { ModelError } from './model-error';

/** What happens to a process after it has started. */
export type ProcessEnd = { readonly is: 'exit' | 'gate'; readonly code: number } | { readonly is: 'never' };

/** A program that runs, or a built-in action. */
export interface ProgramRun {
  /** Under which a process writes to the ledger; null: it is no process. */
  readonly key: string | null;
  readonly end: ProcessEnd;
  readonly stdout: string;
  /** What it prints as JSON, where the platform reads that. */
  readonly printed: JsonObject | null;
}

/** One child execution. */
export interface ChildRun {
  readonly taskRun: TaskRun;
  readonly index: number | null;
  readonly retry: number;
  readonly config: JsonObject | null;
  /** When a retry starts, seconds; null: it is none, or starts at once. */
  readonly dueAt: number | null;
  readonly permissionSets: readonly string[];
  readonly selector: JsonObject | null;
  /** Instants, seconds since the start of the case. */
  readonly createdAt: number;
  /** Whether it may start: an item may wait for its turn. */
  isReleased: boolean;
  /** Whether the workflow has processed its end: during a pause it does not. */
  isProcessed: boolean;
  startedAt: number | null;
  finishedAt: number | null;
  /** Labels of the children that ended before this one could start. */
  after: readonly string[];
  status: Status;
  /** As it is stored. */
  result: JsonObject | null;
  /** Of a child that could not be dispatched: why. */
  readonly code: string | null;
  /** Whether a limit of its own ended it. */
  isOverLimit: boolean;
  /** Whose limit ended it. */
  timeoutLevel: 'task' | 'workflow' | null;
  program: ProgramRun | null;
  inquiry: ExpectedInquiry | null;
  workflow: WorkflowRun | null;
}

/** A task of a running workflow, from its start on. */
export interface TaskRun {
  readonly run: WorkflowRun;
  readonly task: ModelTask;
  /** The parallel task that it is a part of. */
  readonly group: TaskRun | null;
  /** How often the task has started, 1 the first. */
  readonly round: number;
  readonly triggeredBy: string | null;
  /** Labels of the children of the tasks that started this one. */
  readonly after: readonly string[];
  readonly children: ChildRun[];
  status: 'running' | 'succeeded' | 'failed' | 'timeout' | 'over limit' | 'skipped';
  /** Its result, as `task.NAME` and `result()` show it. */
  view: JsonObject;
  /** Targets of the transitions that fired. */
  targets: readonly string[];
}

export interface WorkflowRun {
  readonly world: World;
  readonly workflow: ModelWorkflow;
  readonly config: JsonObject | null;
  readonly parameters: JsonObject;
  readonly variables: JsonObject;
  readonly tasks: Map<string, TaskRun>;
  /** The runs of earlier rounds, in the order in which loops replaced them. */
  readonly earlier: TaskRun[];
  /** By task: the labels of the last children of each task that fired a transition to it. */
  readonly arrivals: Map<string, Map<string, readonly string[]>>;
  /** The child execution that this workflow is; null: it is the root. */
  readonly owner: ChildRun | null;
  readonly startedAt: number;
  finishedAt: number | null;
  status: Status;
  /** The limit that has passed, seconds. */
  timedOutAfter: number | null;
  /** The limit of a workflow above that has stopped it, seconds. */
  stoppedAfter: number | null;
  /** A pause is requested, and perhaps took hold. */
  isHeld: boolean;
  /** What starts at the resume. */
  readonly heldStarts: TaskStart[];
  /** Children whose ends are processed at the resume. */
  readonly keptEnds: ChildRun[];
  output: JsonObject | null;
  failedTasks: readonly string[];
  /** The view of the task that ended last. */
  lastView: Json;
}

export interface World {
  readonly modelCase: ModelCase;
  /** Seconds since the start of the case. */
  now: number;
  /** The states in which nothing more happens until the test acts, or time passes. */
  readonly pauses: Pause[];
  readonly log: LoggedEntry[];
  /** Processes started by key. */
  readonly starts: Map<string, number>;
  readonly rounds: Round[];
  /** What has to be done next; the contract leaves the order open. */
  readonly signals: Signal[];
  pause: 'none' | 'before' | 'requested' | 'over';
  isGateOpen: boolean;
}

/** An entry of the log. `place`: the path of the execution that it is about. */
export interface LoggedEntry {
  readonly place: string;
  readonly at: number;
  readonly type: LogType;
  readonly payload: JsonObject;
}

export interface TaskStart {
  readonly is: 'task started';
  readonly run: WorkflowRun;
  readonly task: ModelTask;
  readonly trigger: Trigger;
  readonly group: TaskRun | null;
}

export type Signal =
  | { readonly is: 'workflow started'; readonly run: WorkflowRun }
  | TaskStart
  | { readonly is: 'task skipped'; readonly taskRun: TaskRun; readonly trigger: Trigger }
  /** `last`: the child that ended last; null: it had none. */
  | { readonly is: 'task ended'; readonly taskRun: TaskRun; readonly last: ChildRun | null }
  /** The workflow ends if nothing of it runs. */
  | { readonly is: 'task finished'; readonly run: WorkflowRun };

/** Of the task whose transition is evaluated, or that started a task. */
export interface Trigger {
  readonly by: string | null;
  readonly result: Json;
  readonly outcome: TaskOutcome;
  readonly after: readonly string[];
}

/** `each[1]#0`; of a later round `each@2[1]#0`. */
export const labelOf = ({ taskRun, index, retry }: Pick<ChildRun, 'taskRun' | 'index' | 'retry'>): string =>
  `${taskRun.task.name}${taskRun.round > 1 ? `@${taskRun.round}` : ''}${index === null ? '' : `[${index}]`}#${retry}`;

/** The labels from the root: `call#0/inner#0`. */
export const pathOf = (child: ChildRun): string => {
  const { owner } = child.taskRun.run;
  return `${owner ? `${pathOf(owner)}/` : ''}${labelOf(child)}`;
};

/** The children of a workflow and of those that it called. */
export const allChildren = (run: WorkflowRun): ChildRun[] =>
  [...run.earlier, ...run.tasks.values()].flatMap(({ children }) =>
    children.flatMap((child) => [child, ...(child.workflow ? allChildren(child.workflow) : [])]),
  );

/** A workflow and those that it called, from the outside in. */
export const allRuns = (run: WorkflowRun): WorkflowRun[] => [
  run,
  ...allChildren(run).flatMap(({ workflow }) => workflow ?? []),
];

/** The children of a workflow itself. */
export const ownChildren = (run: WorkflowRun): ChildRun[] =>
  [...run.tasks.values()].flatMap(({ children }) => children);

/** Throws ModelError for a parallel task. */
export function actionOf({ name, action }: ModelTask): string {
  if (action === undefined) throw new ModelError(`a parallel task has no action: ${name}`);
  return action;
}

/** The running programs and inquiries. */
export const runningLeaves = (run: WorkflowRun): ChildRun[] =>
  allChildren(run).filter(({ status, workflow }) => status === 'running' && !workflow);
