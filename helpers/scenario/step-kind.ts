import type { Json } from '../../contract/json';
import type { TaskControl, TaskType } from '../../contract/workflows/task-kinds';
import type { AnyTask, Task } from './resources/workflow-task';

/** A workflow that uses one kind of step, and what its run must be. */
export interface StepKindCase {
  readonly tasks: readonly AnyTask[];
  /** Expression: what the run returns as `value`. */
  readonly output: string;
  readonly value: Json;
  /** Its children in order of creation, as `<task> <status>`, retries included. */
  readonly children: readonly string[];
}

/** What a case of a program is written with. */
export interface ProgramStep {
  readonly runtime: string;
  /** A task that prints its text in upper case, by a program of the runtime. */
  run(name: string, text: string, more?: Partial<Task>): Task;
  /** Ref of the workflow of the case `action`, which exists before every other one. */
  readonly nested: string;
}

/** A kind by its key in the language: a type of task, or a key that controls it. */
export type ProgramKind = TaskType | TaskControl;
