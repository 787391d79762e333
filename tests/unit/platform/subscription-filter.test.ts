import { FilterError, matchingFilterKeys, parseFilter } from '../../../platform/notifier/subscription-filter';

const subject = { type: 'execution_created', entityType: 'execution', entity: 41 };

test.each(['all', 'entity_type:execution', 'entity:execution:41', 'notification_type:execution_created'])(
  '%s selects what it names',
  (text) => {
    expect(matchingFilterKeys(subject)).toContain(parseFilter(text, true).key);
  },
);

test.each([
  'entity_type:event',
  'entity:execution:42',
  'entity:event:41',
  'notification_type:execution_status_changed',
  'user:41',
])('%s selects nothing else', (text) => {
  expect(matchingFilterKeys(subject)).not.toContain(parseFilter(text, true).key);
});

test('leading zeros in an id select the same row', () => {
  expect(parseFilter('entity:execution:0041', true).key).toBe('entity:execution:41');
});

test.each(['entity_type:rule', 'entity:rule:41', 'notification_type:rule_updated'])(
  '%s is a filter of an extension',
  (text) => {
    expect(parseFilter(text, true).key).toBe(text);
    expect(() => parseFilter(text, false)).toThrow(FilterError);
  },
);

test('a user filter names the user', () => {
  expect(parseFilter('user:7', true)).toEqual({ key: 'user:7', user: 7 });
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
])('%p is rejected with the valid forms', (text) => {
  expect(() => parseFilter(text, true)).toThrow(FilterError);
  expect(() => parseFilter(text, true)).toThrow(/give .{0,600}$/);
});
