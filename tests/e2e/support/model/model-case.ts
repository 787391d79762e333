import type { Json, JsonObject } from '../../../../contract/json';
import type { AnyTask, Task, WorkflowParts } from '../../../../helpers/scenario/resources/workflow-task';

/** Any task: one without `tasks` has an action. */
export type ModelTask = Omit<Task, 'action' | 'type'> & {
  readonly type?: AnyTask['type'];
  readonly action?: string;
  /** Of a parallel task. */
  readonly tasks?: readonly Task[];
};

export interface ModelWorkflow {
  readonly tasks: readonly AnyTask[];
  readonly parts: WorkflowParts;
}

/** One run of a workflow, with everything that decides what must be observed. */
export interface ModelCase {
  /** By ref; a workflow comes after those that it calls, and the last one is executed. */
  readonly workflows: Readonly<Record<string, ModelWorkflow>>;
  /** Ref of the fixture `exit-by-attempt`. Every other action is `core.ask` or a workflow. */
  readonly program: string;
  readonly parameters: JsonObject;
  /** Responses to inquiries, by task; the other inquiries get none. */
  readonly responses: Readonly<Record<string, Json>>;
  /** Whether the run is paused the first time that nothing more happens, and resumed later. */
  readonly isPaused: boolean;
  /** Whether the run is cancelled once nothing more happens by itself. */
  readonly isCancelled: boolean;
  /** As of `CaseNames`. */
  readonly areLimitsTimeouts: boolean;
  /** Labels that select the worker of the target; no other selector matches one. */
  readonly worker: JsonObject;
}
