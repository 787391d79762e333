// The table of notifications (T3.34) has a filter and a reader for each entity of the contract.
import { ENTITY_TYPES, NOTIFICATION_TYPES } from '../../../contract/notifications';
import { entityTypeOf, PAYLOAD_COLUMNS } from '../../e2e/support/notified/payloads';
import { FILTERS, GRANT_OF, READERS } from '../../e2e/support/notified/subscribers';

test('every type has its columns, its filters and an entity', () => {
  expect(Object.keys(PAYLOAD_COLUMNS).sort()).toEqual([...NOTIFICATION_TYPES].sort());
  expect([...new Set(NOTIFICATION_TYPES.map(entityTypeOf))].sort()).toEqual([...ENTITY_TYPES].sort());
  expect(Object.keys(FILTERS)).toHaveLength(1 + ENTITY_TYPES.length + NOTIFICATION_TYPES.length);
});

test('every grant that opens notifications has a reader that holds it alone', () => {
  const grants = new Set(Object.values(GRANT_OF).filter((grant) => grant !== null));

  expect(Object.values(READERS).sort()).toEqual([...grants].sort());
});
