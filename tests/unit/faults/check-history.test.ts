import { checkRegisters } from '../../integration/faults/history/check-registers';
import { checkSet } from '../../integration/faults/history/check-work';
import type { Operation, Write } from '../../integration/faults/history/operations';

let clock = 0;
const timed = () => ({ invokedAt: ++clock, returnedAt: ++clock });
const write = (base: number, value: number, outcome: Write['outcome'] = 'ok'): Operation => ({
  type: 'write',
  register: 'r',
  base,
  value,
  outcome,
  ...timed(),
});
const read = (version: number, value: number): Operation => ({
  type: 'read',
  register: 'r',
  version,
  value,
  ...timed(),
});

const execution = (id: number) => ({ id, name: 'a' });
const add = (...ids: number[]): Operation => ({ type: 'add', name: 'a', ids, ...timed() });

test.each<[string, Operation[]]>([
  ['reads of what was written', [write(1, 10), read(2, 10), write(2, 11), read(3, 11)]],
  ['an unknown write that happened', [write(1, 10, 'unknown'), read(2, 10), write(2, 11), read(3, 11)]],
  ['an unknown write that did not happen', [write(1, 10, 'unknown'), read(1, 0), write(1, 11), read(2, 11)]],
])('DU-12 the checker accepts %s', (_what, history) => {
  expect(checkRegisters(history)).toEqual([]);
});

test.each<[string, Operation[], string]>([
  ['a lost write', [write(1, 10), read(1, 0)], 'r: version 1 was read after version 2'],
  ['two writes of one version', [write(1, 10), write(1, 11)], 'r: a second write of version 2 was accepted, of 11'],
  ['a value that was not written', [write(1, 10), read(2, 12)], 'r: version 2 shows 12, which no write left there'],
  ['a refused write', [write(1, 10, 'refused'), read(2, 10)], 'r: version 2 shows 10, which no write left there'],
])('DU-12 the checker reports %s', (_what, history, anomaly) => {
  expect(checkRegisters(history)).toEqual([anomaly]);
});

test.each<[string, string[], string]>([
  ['a lost execution', checkSet([add(7), add(8)], [execution(7)]), 'a: execution 8 was acknowledged and is lost'],
  ['a repeated request', checkSet([add(7)], [execution(7), execution(8)]), 'a: one request made the executions 7, 8'],
])('DU-12 the checker reports %s', (_what, anomalies, expected) => {
  expect(anomalies).toEqual([expected]);
});

test('DU-12 the checker accepts requests that were executed once', () => {
  expect(checkSet([add(7, 7)], [execution(7)])).toEqual([]);
});
