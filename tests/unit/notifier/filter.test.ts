import { FilterError, keysOf, readFilter } from '../../../platform/notifier/filter';

const about = { type: 'execution_created', entityType: 'execution', entity: 41 };

test.each(['all', 'entity_type:execution', 'entity:execution:41', 'notification_type:execution_created'])(
  '%s lets through what it names',
  (text) => {
    expect(keysOf(about)).toContain(readFilter(text).key);
  },
);

test.each([
  'entity_type:event',
  'entity:execution:42',
  'entity:event:41',
  'notification_type:execution_status_changed',
  'user:41',
])('%s does not let through what is something else', (text) => {
  expect(keysOf(about)).not.toContain(readFilter(text).key);
});

test('leading zeros name the same row', () => {
  expect(readFilter('entity:execution:0041').key).toBe('entity:execution:41');
});

test('a user filter names the user', () => {
  expect(readFilter('user:7')).toEqual({ key: 'user:7', user: 7 });
});

test.each([
  undefined,
  null,
  7,
  {},
  '',
  'ALL',
  'all:',
  'entity_type',
  'entity_type:',
  'entity_type:nothing',
  'entity_type:execution:41',
  'entity:execution',
  'entity:execution:',
  'entity:execution:x',
  'entity:execution:-1',
  'entity:execution:1:2',
  'entity:nothing:1',
  'notification_type:execution',
  'user:',
  'user:me',
  'user:1:2',
  'x'.repeat(100_000),
])('%p is refused with what would be right', (text) => {
  expect(() => readFilter(text)).toThrow(FilterError);
  expect(() => readFilter(text)).toThrow(/give .{0,600}$/);
});
