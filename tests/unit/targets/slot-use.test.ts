import { slotUse } from '../../../helpers/target/capabilities';

const platform = { name: 'p', version: '1', instance_id: 'a1', started_at: '2026-01-01T00:00:00Z' };
const manifest = (slots: number) => ({ platform, capabilities: { 'workers.slots': { slots } } });

test.each([
  ['48 slots are enough for several rendezvous', manifest(48), 5, { slots: 24, order: 'together' }],
  ['24 slots are enough for other tests beside one', manifest(24), 5, { slots: 24, order: 'one at a time' }],
  ['with 10 slots a rendezvous runs alone', manifest(10), 5, { slots: 10, order: 'alone' }],
  ['an unknown number of slots is too few for others', null, 5, { slots: 10, order: 'alone' }],
  ['one Jest worker runs no other test', manifest(10), 1, { slots: 10, order: 'together' }],
])('%s', (_, declared, jestWorkers, expected) => {
  expect(slotUse(declared, jestWorkers)).toEqual(expected);
});
