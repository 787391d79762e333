import type { Notification } from '../../contract/notifications';
import { TERMINAL, type Status } from '../../contract/status';
import type { ChangeFilter } from './change-feed';

/** Whether a notification is about this row. */
export const isAbout =
  (type: Notification['entity_type'], id: number): ChangeFilter =>
  ({ entity_type, entity_id }) =>
    entity_type === type && entity_id === id;

const hasStatus = ({ payload }: Notification, statuses: readonly Status[]): boolean =>
  payload.status === undefined || statuses.some((status) => status === payload.status);

/** The execution gets one of these statuses, or ends. */
export const executionToChange = (id: number, ...goals: readonly Status[]): ChangeFilter => {
  const isAboutIt = isAbout('execution', id);
  return (change) => isAboutIt(change) && hasStatus(change, [...goals, ...TERMINAL]);
};

/** One of the executions, or a child of one, is created or changes its status. */
export const treeToChange = (ids: readonly number[]): ChangeFilter => {
  const known = new Set<unknown>(ids);
  return ({ entity_type, entity_id, payload }) =>
    entity_type === 'execution' && (known.has(entity_id) || known.has(payload.parent));
};

/** A workflow starts a task, or ends. */
export const taskToStart = (task: string, workflow: number): ChangeFilter => {
  const end = executionToChange(workflow);
  const isOfTask = ({ parent, workflow_task }: Notification['payload']) =>
    parent === workflow && (workflow_task as { task_name?: unknown } | null | undefined)?.task_name === task;
  return (change) => (change.notification_type === 'execution_created' && isOfTask(change.payload)) || end(change);
};

/** The execution creates an inquiry, or ends. */
export const inquiryToAppear = (execution: number): ChangeFilter => {
  const end = executionToChange(execution);
  return (change) =>
    (change.notification_type === 'inquiry_created' && change.payload.execution === execution) || end(change);
};

type RowFilter = Readonly<Record<string, unknown>>;

/** Parts of a row that its notifications contain as well. */
const NOTIFIED_FIELDS = [
  'action_ref',
  'enforcement',
  'event',
  'execution',
  'parent',
  'rule',
  'rule_ref',
  'source',
  'trigger',
  'trigger_ref',
];

/** The rows of a list that the notifications can be compared with. */
const isListed =
  (type: Notification['entity_type'], filter: RowFilter): ChangeFilter =>
  ({ entity_type, payload }) =>
    entity_type === type &&
    NOTIFIED_FIELDS.every((field) => {
      const value = filter[field];
      const isPattern = typeof value === 'string' && value.includes('*');
      return value === undefined || isPattern || payload[field] === value;
    });

/** `count` different rows of a list are created, or, with a filter by status, change. */
export const rowsToAppear = (count: number, type: Notification['entity_type'], filter: RowFilter): ChangeFilter => {
  const isInList = isListed(type, filter);
  const isCreation = ({ notification_type }: Notification) => notification_type === `${type}_created`;
  return distinct(count, (change) => isInList(change) && (filter.status !== undefined || isCreation(change)));
};

/** `count` different executions of a list get this status, or one ends in another. */
export const rowsToReach = (count: number, goal: Status, filter: RowFilter): ChangeFilter => {
  const isInList = isListed('execution', filter);
  const reached = distinct(count, (change) => hasStatus(change, [goal]));
  const otherEnds = TERMINAL.filter((status) => status !== goal);
  return (change) => isInList(change) && (reached(change) || hasStatus(change, otherEnds));
};

/** Accepts a change once `count` different rows were accepted by the filter. */
function distinct(count: number, filter: ChangeFilter): ChangeFilter {
  const rows = new Set<number>();
  return (change) => {
    if (!filter(change)) return false;
    rows.add(change.entity_id);
    return rows.size >= count;
  };
}
