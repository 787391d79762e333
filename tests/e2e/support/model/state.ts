import type { Json, JsonObject } from '../../../../contract/json';
import type { Status } from '../../../../contract/status';
import type { Task } from '../../../../helpers/scenario/resources/workflow-task';
import type { ExpectedInquiry, Round } from './expectation';
import type { TaskOutcome } from '../expressions/evaluator/scope';
import type { ModelCase, ModelWorkflow } from './model-case';

/** What happens to a process after it has started. */
export type ProcessEnd = { readonly is: 'exit' | 'gate'; readonly code: number } | { readonly is: 'never' };

/** One child execution. */
export interface ChildRun {
  readonly taskRun: TaskRun;
  readonly index: number | null;
  readonly retry: number;
  readonly config: JsonObject | null;
  /** Labels of the children that ended before this one could start. */
  after: readonly string[];
  status: Status;
  result: JsonObject | null;
  process: { readonly key: string; readonly attempt: number; readonly end: ProcessEnd } | null;
  inquiry: ExpectedInquiry | null;
  workflow: WorkflowRun | null;
}

/** A task of a running workflow, from its start on. */
export interface TaskRun {
  readonly run: WorkflowRun;
  readonly task: Task;
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
  status: Status;
  output: JsonObject | null;
  failedTasks: readonly string[];
  /** The view of the task that ended last. */
  lastView: Json;
}

export interface World {
  readonly modelCase: ModelCase;
  /** Processes started by key. */
  readonly starts: Map<string, number>;
  readonly rounds: Round[];
  /** What has to be done next; the contract leaves the order open. */
  readonly signals: Signal[];
  isGateOpen: boolean;
}

export type Signal =
  | { readonly is: 'workflow started'; readonly run: WorkflowRun }
  | { readonly is: 'task started'; readonly run: WorkflowRun; readonly task: Task; readonly trigger: Trigger }
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
