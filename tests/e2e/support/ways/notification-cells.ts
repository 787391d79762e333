import { isObject, type JsonObject } from '../../../../contract/json';
import type { NotificationPayload } from '../../../../contract/notifications';
import type { Subject } from './known';
import { phasesOf, withOffset, type Phase } from './record-cells';
import { EXECUTION, rowOf, SUMMARY, type Cell } from './row-cells';

/** A notification of the creation or of a change of an execution, without when it was sent. */
export interface Sent {
  readonly type: string;
  readonly payload: NotificationPayload;
}

/** One that is sent when an execution gets a status. */
interface Change {
  readonly subject: Subject;
  readonly phases: readonly Phase[];
  /** Of its phases. */
  readonly n: number;
}

/** Whether its field has its value at that change. */
const has = ({ phases, n }: Change, field: Phase['field']): boolean =>
  n === phases.length - 1 || phases.slice(0, n + 1).some((phase) => phase.field === field);

const instantOf = (value: unknown): string | null => (typeof value === 'string' ? withOffset(value) : null);
const startedAt = (change: Change): string | null =>
  has(change, 'started_at') ? instantOf(EXECUTION.started_at(change.subject)) : null;

/** The task as the row is then: it has no end yet, and no number of its first round. */
function taskOf(change: Change): JsonObject | null {
  const task = EXECUTION.workflow_task(change.subject) as JsonObject | undefined;
  if (!isObject(task)) return null;
  const { round, ...shown } = task;
  const isEnd = has(change, 'finished_at');
  return {
    ...shown,
    ...(round !== 1 && { round: round! }),
    started_at: startedAt(change),
    completed_at: isEnd ? instantOf(task.completed_at) : null,
    duration_ms: isEnd ? task.duration_ms! : null,
    next_retry_at: instantOf(task.next_retry_at),
  };
}

type Field = (change: Change) => unknown;
const asInList =
  (cell: Cell): Field =>
  ({ subject }) =>
    cell(subject);

/** Every key of the payload. */
const PAYLOAD: Readonly<Record<string, Field>> = {
  entity_type: () => 'execution',
  entity_id: asInList(SUMMARY.id),
  id: asInList(SUMMARY.id),
  action_id: asInList(EXECUTION.action),
  action_ref: asInList(SUMMARY.action_ref),
  status: ({ phases, n }) => phases[n]!.status,
  old_status: ({ phases, n }) => phases[n - 1]?.status,
  enforcement: asInList(SUMMARY.enforcement),
  rule_ref: asInList(SUMMARY.rule_ref),
  trigger_ref: asInList(SUMMARY.trigger_ref),
  parent: asInList(SUMMARY.parent),
  started_at: startedAt,
  workflow_task: taskOf,
  created: ({ subject }) => instantOf(SUMMARY.created(subject)),
  updated: ({ subject, phases, n }) => withOffset(subject.known.instants[phases[n]!.at]),
};

/** Every notification about an execution, oldest first. */
export function notificationsOf(subject: Subject): Sent[] {
  const phases = phasesOf(subject);
  return phases.map((_, n) => ({
    type: n === 0 ? 'execution_created' : 'execution_status_changed',
    payload: rowOf(PAYLOAD, { subject, phases, n }) as NotificationPayload,
  }));
}
