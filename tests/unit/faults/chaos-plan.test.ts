import { describeFault, planFaults } from '../../integration/faults/chaos/plan';
import { LEASE_MS } from '../../integration/faults/fault-platform';

const KIND_COUNT = 11;

test('a seed plans the same faults again', () => {
  expect(planFaults(7, 40)).toEqual(planFaults(7, 40));
  expect(planFaults(7, 40)).not.toEqual(planFaults(8, 40));
});

test('a longer plan of a seed begins with the shorter one', () => {
  expect(planFaults(7, 40).slice(0, 3)).toEqual(planFaults(7, 3));
});

test('every kind of fault is planned once before any is planned again', () => {
  const kinds = planFaults(7, 2 * KIND_COUNT).map(({ kind }) => kind);

  expect(new Set(kinds.slice(0, KIND_COUNT)).size).toBe(KIND_COUNT);
  expect([...kinds.slice(KIND_COUNT)].sort()).toEqual([...kinds.slice(0, KIND_COUNT)].sort());
});

test('a stop of a process lasts longer than a lease', () => {
  expect(planFaults(7, 500).filter(({ stopMs }) => stopMs <= LEASE_MS)).toEqual([]);
});

test('the description of a fault names what it selects', () => {
  const fault = { kind: 'stop a worker', delayMs: 1, stopMs: 1_500, pick: 3, overlaps: true } as const;

  expect(describeFault(fault)).toBe('stop a worker, for 1500 ms, pick 3, overlapping');
  expect(describeFault({ ...fault, kind: 'kill a worker', overlaps: false })).toBe('kill a worker, pick 3');
});
