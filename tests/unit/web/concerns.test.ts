import type { Notification } from '../../../contract/notifications';
import { concerns } from '../../../web/platform/parts/concerns';

const notification = (type: 'execution' | 'inquiry', id: number, more: object): Notification => ({
  type: 'notification',
  notification_type: type === 'execution' ? 'execution_created' : 'inquiry_created',
  entity_type: type,
  entity_id: id,
  user_id: null,
  payload: { entity_type: type, entity_id: id, id, ...more },
  timestamp: '2026-01-01T00:00:00Z',
});

test('a tree loads for its executions, their new children and their inquiries', () => {
  const tree = new Set([1, 2]);
  const about = [
    notification('execution', 2, { parent: 1 }),
    notification('execution', 3, { parent: 2 }),
    notification('inquiry', 9, { execution: 2 }),
    notification('execution', 4, { parent: null }),
    notification('inquiry', 1, { execution: 4 }),
  ];

  expect(about.map((each) => concerns(tree, each))).toEqual([true, true, true, false, false]);
});
