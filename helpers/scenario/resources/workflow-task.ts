import type { Json, JsonObject } from '../../../contract/json';
import type { Workflow } from '../../../contract/workflows';
import type { Client } from '../../client/client';

/** Parameters of a task or an execution. */
export type Parameters = JsonObject;

/** One transition of a task; every transition whose `when` is true is followed. */
export type Transition = { when?: string; publish?: (JsonObject | string)[]; do?: string[] };

/** One task of a workflow, in the spelling of the API. */
export type Task = {
  name: string;
  type?: 'action' | 'workflow';
  action: string;
  input?: JsonObject;
  /** False: the task is skipped. */
  when?: string;
  next?: Transition[];
  join?: number;
  with_items?: string | Json[];
  batch_size?: number;
  concurrency?: number;
  timeout?: number;
  retry?: JsonObject;
  permission_set_refs?: string | string[];
  worker_selector?: JsonObject;
  /** The older keys, which stand for transitions. */
  on_success?: string;
  on_failure?: string;
  on_timeout?: string;
  on_complete?: string;
  decision?: { when?: string; next: string; default?: boolean }[];
  publish?: JsonObject[];
};

/** A task that runs other tasks at the same time. */
type ParallelTask = Pick<Task, 'name' | 'next' | 'when' | 'join'> & { type: 'parallel'; tasks: Task[] };

export type AnyTask = Task | ParallelTask;

/** Options of a workflow besides its tasks. */
export type WorkflowParts = {
  /** Second half of its ref; `flow` by default. */
  name?: string;
  /** Declared in the definition and in the request. */
  parameters?: JsonObject;
  /** Declared in the request only. */
  param_schema?: JsonObject;
  /** Schema of its output, declared in the definition. */
  output?: JsonObject;
  output_map?: JsonObject;
  vars?: JsonObject;
  cancellation_policy?: 'allow_finish' | 'cancel_running';
  /** Limit of the whole workflow, seconds. */
  timeout?: number;
};

export const onSuccess = (...tasks: string[]): Transition => ({ when: '{{ succeeded() }}', do: tasks });
export const onFailure = (...tasks: string[]): Transition => ({ when: '{{ failed() }}', do: tasks });
export const onTimeout = (...tasks: string[]): Transition => ({ when: '{{ timed_out() }}', do: tasks });

/** The part of a test's context that `task` uses. */
interface TaskContext {
  action(name: string): string;
  ledgerInput(label: string): { key: string; ledger: string };
}

/** A task whose process writes to the ledger under `<nonce>-<name>`. */
export const task = (
  ctx: TaskContext,
  name: string,
  action: string,
  input: JsonObject = {},
  ...next: Transition[]
): Task => ({ name, action: ctx.action(action), input: { ...ctx.ledgerInput(name), ...input }, next });

/** A task of pack core without an output of interest. */
export const noopTask = (name: string, parts: Partial<Task> = {}): Task => ({ name, action: 'core.noop', ...parts });

export const parallelTask = (name: string, tasks: Task[], ...next: Transition[]): ParallelTask => ({
  name,
  type: 'parallel',
  tasks,
  next,
});

/** Creates a workflow of these tasks in a pack. */
export const createWorkflow = (
  client: Client,
  packRef: string,
  tasks: AnyTask[],
  { name = 'flow', parameters, param_schema = parameters, ...parts }: WorkflowParts = {},
): Promise<Workflow> =>
  client.workflows.create({
    ref: `${packRef}.${name}`,
    pack_ref: packRef,
    label: name,
    version: '1.0.0',
    definition: { version: '1.0.0', tasks, ...(parameters && { parameters }), ...parts },
    param_schema: param_schema ?? null,
  });
