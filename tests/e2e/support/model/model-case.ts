import type { Json, JsonObject } from '../../../../contract/json';
import type { Task, WorkflowParts } from '../../../../helpers/scenario/resources/workflow-task';

export interface ModelWorkflow {
  readonly tasks: readonly Task[];
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
  /** Whether the run is cancelled once nothing more happens by itself. */
  readonly isCancelled: boolean;
  /** As of `CaseNames`. */
  readonly areLimitsTimeouts: boolean;
}
