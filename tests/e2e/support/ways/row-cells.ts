import type { Execution, ExecutionSummary, WorkflowTask } from '../../../../contract/executions';
import type { JsonObject } from '../../../../contract/json';
import type { Subject } from './known';
import { connectionOf, OF_TASK, parametersOf } from './objects';
import { rerunOf } from './reruns';
import { PLACED, REQUESTED } from './start-ways';
import { REDACTED, REQUESTED_SETS } from './ways';

/** The value of a field in one way; undefined: the key is absent. */
export type Cell = (subject: Subject) => unknown;
export type Cells<T> = { readonly [Field in keyof Required<T>]: Cell };

/** The values of all fields in one way. */
export const rowOf = <S>(cells: Readonly<Record<string, (subject: S) => unknown>>, subject: S) =>
  Object.fromEntries(
    Object.entries(cells)
      .map(([field, cell]) => [field, cell(subject)] as const)
      .filter(([, value]) => value !== undefined),
  );

const absent: Cell = () => undefined;
const id: Cell = (subject) => subject.id;
export const actionRef = ({ way: { action }, known: { pack, witness } }: Subject): string => {
  if (action === 'witness') return witness;
  return action.includes('.') ? action : `${pack}.${action}`;
};

/** Inherited by all of a tree from its request, its rule and its event. */
const eventOf = ({ root, known: { events } }: Subject): number | undefined => events[root];
const enforcement: Cell = (subject) => subject.known.enforcements.get(eventOf(subject) ?? null) ?? null;
const inPack = (ref: string | undefined, pack: string): string | null =>
  ref === undefined || ref.includes('.') ? (ref ?? null) : `${pack}.${ref}`;
export const ruleRef = ({ cause, known }: Subject): string | null => inPack(cause.rule, known.pack);
export const triggerRef = ({ cause, known }: Subject): string | null => inPack(cause.trigger, known.pack);
const parentId: Cell = ({ parent, known: { ids } }) => (parent === null ? null : ids.get(parent));
export const executor = ({ cause, known }: Subject): number => known.identities[cause.by];
const requested =
  (value: unknown): Cell =>
  ({ cause }) =>
    cause.isFull ? value : undefined;

/** The first cause of the chain: an event, or an execution. */
function correlation({ cause, root, known, ...subject }: Subject): string {
  const event = cause.chain === undefined ? eventOf({ cause, root, known, ...subject }) : undefined;
  return event === undefined ? `execution:${known.ids.get(cause.chain ?? root)}` : `event:${event}`;
}

/**
 * Only a task whose definition names a limit has the other options of `OF_TASK`; a rerun has those
 * of the request, which no task inherits.
 */
const placed =
  (option: keyof typeof PLACED): Cell =>
  ({ way: { task, sets } }) => {
    if (typeof task?.timeout === 'number') return OF_TASK[option];
    return sets === REQUESTED_SETS ? PLACED[option] : undefined;
  };

const isStarted = ({ way: { kind } }: Subject): boolean => kind !== 'never started';
const instant =
  (n: 0 | 1 | 2): Cell =>
  ({ way: { at = [0, 0, 0] }, known: { instants } }) =>
    instants[at[n]];
const started: Cell = (subject) => (isStarted(subject) ? instant(1)(subject) : undefined);
/** That of a task that is never started is not looked up. */
const hasAction = ({ way: { kind, task } }: Subject): boolean => kind !== 'never started' || task === undefined;
const failed = ({ way: { failure } }: Subject): boolean => failure !== undefined;

/** Its parameters as they are stored: nothing but what was given, and no secret. */
function configOf({ way: { given, secret, more }, known: { pack } }: Subject): JsonObject | null {
  const config = {
    ...(given !== undefined && parametersOf(given)),
    ...(secret !== undefined && { secret: REDACTED, connected: connectionOf(pack) }),
    ...more,
  };
  return Object.keys(config).length === 0 ? null : config;
}

/** Its result without what a process has printed, and how long that ran on its host. */
function resultOf({ way: { kind, action, more, failure } }: Subject): JsonObject {
  const ended = { succeeded: failure === undefined, ...failure };
  if (kind === 'never started' || kind === 'workflow') return ended;
  const redacted = action === 'witness' && { redacted: true };
  const items = [{ id: more?.item ?? 0, status: 'completed' }];
  return { exit_code: 0, ...redacted, ...(more?.item !== undefined && { queue_ack: { version: 1, items } }), ...ended };
}

const status: Cell = (subject) => (failed(subject) ? 'failed' : 'completed');
const original: Cell = ({ name, way, known: { ids } }) =>
  (way.task?.retry ?? 0) === 0 ? undefined : ids.get(name.replace(/#\d+$/, ''));

const rerun: Cell = ({ way, known: { ids } }) => way.rerun && rerunOf(way.rerun, ids);

export const TASK: Cells<WorkflowTask> = {
  workflow_execution: ({ parent, known: { runs } }) => runs.get(parent!),
  task_name: ({ way: { task } }) => task!.name,
  triggered_by: ({ way: { task } }) => task!.after,
  task_index: ({ way: { task } }) => task!.index ?? null,
  task_batch: () => null,
  round: ({ way: { task } }) => task!.round ?? 1,
  retry_count: ({ way: { task } }) => task!.retry ?? 0,
  max_retries: ({ way: { task } }) => task!.retries ?? 0,
  next_retry_at: (subject) => ((subject.way.task!.retry ?? 0) === 0 ? null : instant(1)(subject)),
  timeout_seconds: ({ way: { task } }) => task!.timeout,
  timed_out: () => false,
  duration_ms: (subject) => (isStarted(subject) ? 0 : null), // all of it passes in one instant
  started_at: (subject) => started(subject) ?? null,
  completed_at: instant(2),
};

const workflowTask: Cell = (subject) => (subject.way.task === undefined ? undefined : rowOf(TASK, subject));

/** Every field of an execution. */
export const EXECUTION: Cells<Execution> = {
  id,
  action: (subject) => (hasAction(subject) ? subject.known.actions.get(actionRef(subject)) : null),
  action_ref: actionRef,
  config: configOf,
  parent: parentId,
  enforcement,
  correlation_id: correlation,
  executor,
  permission_set_refs: ({ way: { sets } }) => sets,
  artifact_retention_policy: requested(REQUESTED.artifact_retention_policy),
  artifact_retention_limit: requested(REQUESTED.artifact_retention_limit),
  worker_selector: (subject) => (subject.cause.isFull && isStarted(subject) ? subject.known.selector : undefined),
  worker_tolerations: placed('worker_tolerations'),
  worker_affinity: placed('worker_affinity'),
  worker: ({ id: execution, known: { workers } }) => workers.get(execution) ?? null,
  status,
  result: resultOf,
  original_execution: original,
  rerun_of: rerun,
  started_at: started,
  finished_at: instant(2),
  workflow_task: workflowTask,
  termination_reason: absent, // none was lost, or stopped
  revision: absent, // none runs a compiled revision
  plan_digest: absent,
  stale: absent,
  current_plan_digest: absent,
  created: instant(0),
  updated: instant(2),
};

/** Every field of a list item. */
export const SUMMARY: Cells<ExecutionSummary> = {
  id,
  action_ref: actionRef,
  status,
  parent: parentId,
  enforcement,
  rule_ref: ruleRef,
  trigger_ref: triggerRef,
  correlation_id: correlation,
  started_at: started,
  finished_at: instant(2),
  workflow_task: workflowTask,
  original_execution: original,
  rerun_of: rerun,
  created: instant(0),
  updated: instant(2),
};
