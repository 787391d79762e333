import type { Notification } from '../../../contract/notifications';
import {
  inquiryToAppear,
  rowsToAppear,
  rowsToReach,
  taskToStart,
  treeToChange,
} from '../../../helpers/scenario/change-filters';

const change = (
  notification_type: Notification['notification_type'],
  id: number,
  payload: Record<string, string | number | null | object> = {},
): Notification => {
  const entity_type = notification_type.split('_')[0] as Notification['entity_type'];
  return {
    type: 'notification',
    notification_type,
    entity_type,
    entity_id: id,
    user_id: null,
    timestamp: '2026-01-27T10:00:00+00:00',
    payload: { entity_type, entity_id: id, id, ...payload },
  };
};
const ended = (id: number, status: string, more = {}) => change('execution_status_changed', id, { status, ...more });

test('a list is read again once as many rows as it lacks exist', () => {
  const isComplete = rowsToAppear(2, 'event', { rule_ref: 'p.r' });
  const events = [1, 2].map((id) => change('event_created', id, { rule_ref: 'p.r' }));
  expect(
    [events[0]!, events[0]!, change('event_created', 3, { rule_ref: 'p.other' }), events[1]!].map(isComplete),
  ).toEqual([false, false, false, true]);
});

test('a part of a filter that no notification contains excludes no row', () => {
  const isComplete = rowsToAppear(1, 'execution', { pack_name: 'p', correlation_id: 'c', action_ref: 'p.*' });
  expect(isComplete(change('execution_created', 5, { action_ref: 'q.x' }))).toBe(true);
});

test('a list by status is read again at each change of one of its rows', () => {
  const isComplete = rowsToAppear(1, 'enforcement', { status: 'processed' });
  expect(isComplete(change('enforcement_status_changed', 5, { status: 'processed' }))).toBe(true);
});

test('executions are read again at the end of the last one', () => {
  const isComplete = rowsToReach(2, 'completed', { action_ref: 'p.a' });
  const of = { action_ref: 'p.a' };
  expect([ended(1, 'running', of), ended(1, 'completed', of), ended(2, 'completed', of)].map(isComplete)).toEqual([
    false,
    false,
    true,
  ]);
});

test('executions are read again when one ends in another status', () => {
  expect(rowsToReach(5, 'completed', {})(ended(1, 'failed'))).toBe(true);
});

test('a tree is read again for its executions and their children', () => {
  const isOfTree = treeToChange([1, 2]);
  expect(
    [ended(2, 'running'), ended(9, 'running', { parent: 2 }), ended(3, 'running', { parent: 9 })].map(isOfTree),
  ).toEqual([true, true, false]);
});

test('a task starts with the execution that names it', () => {
  const isStarted = taskToStart('ask', 1);
  const child = (task_name: string) => change('execution_created', 7, { parent: 1, workflow_task: { task_name } });
  expect(
    [child('other'), child('ask'), change('execution_created', 8, { parent: 1, workflow_task: null })].map(isStarted),
  ).toEqual([false, true, false]);
  expect(isStarted(ended(1, 'failed'))).toBe(true);
});

test('an inquiry appears with its execution, or that ends', () => {
  const isThere = inquiryToAppear(7);
  expect(
    [change('inquiry_created', 3, { execution: 8 }), change('inquiry_created', 4, { execution: 7 })].map(isThere),
  ).toEqual([false, true]);
  expect([ended(7, 'running'), ended(7, 'cancelled')].map(isThere)).toEqual([false, true]);
});
