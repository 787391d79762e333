import type { JsonObject } from '../contract/json';

/** What a task or an execution is given. */
export type Parameters = JsonObject;

/** One transition of a task: all that match fire. */
export type Transition = { when?: string; publish?: (JsonObject | string)[]; do?: string[] };

/** One node of a workflow's graph, as the wire spells it. */
export type Task = {
  name: string;
  action: string;
  input?: JsonObject;
  next?: Transition[];
  join?: number;
  with_items?: string;
  concurrency?: number;
  timeout?: number;
  retry?: JsonObject;
};

/** What a workflow has beside its tasks. */
export type WorkflowParts = {
  /** Second half of its ref; `flow` by default. */
  name?: string;
  parameters?: JsonObject;
  output_map?: Record<string, string>;
  vars?: JsonObject;
  cancellation_policy?: 'allow_finish' | 'cancel_running';
  /** Limit of the whole run, seconds. */
  timeout?: number;
};

export const onSuccess = (...tasks: string[]): Transition => ({ when: '{{ succeeded() }}', do: tasks });
export const onFailure = (...tasks: string[]): Transition => ({ when: '{{ failed() }}', do: tasks });
export const onTimeout = (...tasks: string[]): Transition => ({ when: '{{ timed_out() }}', do: tasks });

/** What a task needs of a test's context. */
interface Signer {
  action(name: string): string;
  signed(label: string): { key: string; ledger: string };
}

/** A task whose process signs the ledger under `<nonce>-<name>`. */
export const task = (
  ctx: Signer,
  name: string,
  action: string,
  input: JsonObject = {},
  ...next: Transition[]
): Task => ({ name, action: ctx.action(action), input: { ...ctx.signed(name), ...input }, next });
