import { slotUse } from '../../../helpers/target/capabilities';

const platform = { name: 'p', version: '1', instance_id: 'a1', started_at: '2026-01-01T00:00:00Z' };
const manifest = (slots: number) => ({ platform, capabilities: { 'workers.slots': { slots } } });

test.each([
  ['24 slots are enough for other tests beside a rendezvous', manifest(24), 5, { slots: 24, isExclusive: false }],
  ['with 10 slots a rendezvous runs alone', manifest(10), 5, { slots: 10, isExclusive: true }],
  ['an unknown number of slots is too few for others', null, 5, { slots: 10, isExclusive: true }],
  ['one Jest worker runs no other test', manifest(10), 1, { slots: 10, isExclusive: false }],
])('%s', (_, declared, jestWorkers, expected) => {
  expect(slotUse(declared, jestWorkers)).toEqual(expected);
});
