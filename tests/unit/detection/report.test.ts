import type { Fault } from '../../../tools/detection/fault';
import { formatMatrix, formatRooms, formatSummary, formatSurvivors } from '../../../tools/detection/run/matrix';
import { firstLine, resultOf, resultOfRecord, wasSkipped } from '../../../tools/detection/run/claim-results';
import type { Detection } from '../../../tools/detection/run/detect-faults';
import { ranked, sample } from '../../../tools/detection/sample';

const fault: Fault = {
  id: 'S12a',
  promise: 'a task is retried at most as often as its count allows',
  file: 'a.ts',
  within: 'f',
  find: 'a',
  replace: 'b',
  claims: ['T2.8b', 'T2.8g'],
};
const red = { claim: 'T2.8b', outcome: 'red', seconds: 1.25, evidence: 'WAIT_IMPOSSIBLE: it ended' } as const;
const green = { claim: 'T2.8g', outcome: 'green', seconds: 0.5, evidence: '' } as const;
const detection: Detection = { fault, seconds: 7.5, results: [red, green], ran: ['T2.8b', 'T2.8g'] };

test('the matrix has one aligned line for each fault and claim', () => {
  expect(formatMatrix([detection]).split('\n')).toEqual([
    'fault  claim  result       time   evidence',
    'S12a   T2.8b  caught       1.3 s  WAIT_IMPOSSIBLE: it ended',
    'S12a   T2.8g  not noticed  0.5 s',
  ]);
});

test('a claim that stays green has a line of its own with the promise', () => {
  expect(formatSurvivors([detection])).toEqual([`not noticed: S12a: T2.8g: ${fault.promise}`]);
  expect(formatSurvivors([{ ...detection, ran: ['T2.8b'] }])).toEqual([`not reached: S12a: T2.8g: ${fault.promise}`]);
  expect(formatSurvivors([{ ...detection, ran: null }])).toEqual([`not known: S12a: T2.8g: ${fault.promise}`]);
  expect(formatSurvivors([{ ...detection, results: [red] }])).toEqual([]);
});

test('the table of rooms has the faults of a folder, and their score', () => {
  const other = { ...detection, fault: { ...fault, file: '../cli/up.ts' }, results: [red] };

  expect(formatRooms([detection, { ...detection, ran: [] }, other]).split('\n')).toEqual([
    '| room | changes | caught | not noticed | not reached | environment | not known | caught of reached |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    '| a.ts | 2 | 0 | 1 | 1 | 0 | 0 | 0 of 1 |',
    '| cli | 1 | 1 | 0 | 0 | 0 | 0 | 1 of 1 |',
    '| all | 3 | 1 | 1 | 1 | 0 | 0 | 1 of 2 |',
  ]);
});

test('a fault counts as detected if each of its claims failed', () => {
  expect(formatSummary([detection, { ...detection, results: [red] }])).toMatch(/^1 of 2 faults .* 15 s, median 7\.5 s/);
});

const failed = { title: 'T2.8b x', status: 'failed', duration: 1_000, failureMessages: ['Error: it was late\n  at x'] };

test.each([
  ['failed', failed, 'red'],
  ['environment', failed, 'environment'],
  [undefined, failed, 'environment'],
  [undefined, { ...failed, status: 'pending' }, 'environment'],
  ['passed', { ...failed, status: 'passed', failureMessages: [] }, 'green'],
])('a claim recorded as %s with Jest reporting %j is %s', (recorded, assertion, outcome) => {
  expect(resultOf('T2.8b', assertion, recorded)).toMatchObject({ claim: 'T2.8b', outcome });
});

test('without a report, a claim has the result of its record and output', () => {
  const output = '  ● T2.8a x\n\n    Error: it was early\n\n  ● T2.8b y\n\n    WaitError: it was late\n      at x.ts';
  const record = { id: 'T2.8b', class: 'failed', from: 1_000, to: 3_500 };

  expect(resultOfRecord(record, output)).toEqual({
    claim: 'T2.8b',
    outcome: 'red',
    seconds: 2.5,
    evidence: 'it was late',
  });
  expect(resultOfRecord({ ...record, class: 'passed' }, output)).toMatchObject({ outcome: 'green', evidence: '' });
  expect(resultOfRecord({ ...record, class: 'environment' }, output)).toMatchObject({ outcome: 'environment' });
});

test('only a claim that the host cannot prove was skipped', () => {
  const outcomeOf = (status: string) =>
    resultOf('T3.17a', { title: 'T3.17a one', status, failureMessages: [] }, undefined);

  expect(['pending', 'passed', 'todo'].map((status) => wasSkipped(outcomeOf(status)))).toEqual([true, false, false]);
});

test('the evidence of an expectation has both values', () => {
  const message = 'Error: \u001b[2mexpect(\u001b[22mreceived).toEqual(expected)\n\nExpected: 1\nReceived: 2\n  at a.ts';

  expect(firstLine(message)).toBe('expect(received).toEqual(expected) Expected: 1 Received: 2');
  expect(firstLine('expect(a).toEqual(b) // deep equality\n\n- Expected  - 1\n+ Received  + 1\n\n-   1,\n+   2,')).toBe(
    'expect(a).toEqual(b) -   1, +   2,',
  );
  expect(firstLine('WaitError: WAIT_TIMED_OUT: waited\nmore')).toBe('WAIT_TIMED_OUT: waited');
  const logged = '2026-01-01T00:00:00Z  the pass failed: no x';
  const stack = '    at run (node:internal/x:1:2)\n    at pass (platform/executor/loop.ts:7:3)';
  expect(firstLine(`PlatformFaultError: PLATFORM_FAULT: the platform logged an error\n${logged}\n${stack}`)).toBe(
    'PLATFORM_FAULT: the pass failed: no x, at pass (platform/executor/loop.ts:7:3)',
  );
});

test('a sample has its size, keeps the order and depends on the seed only', () => {
  const items = Array.from({ length: 30 }, (_, n) => ({ id: `F${n}` }));
  const first = sample(items, 10, 'a');

  expect(first).toHaveLength(10);
  expect(first).toEqual(items.filter((item) => first.includes(item)));
  expect(sample([...items].reverse(), 10, 'a').reverse()).toEqual(first);
  expect(sample(items, 10, 'b')).not.toEqual(first);
  expect(ranked(items, 10, 'a').slice(0, 4)).toEqual(ranked(items, 4, 'a'));
  expect(new Set(ranked(items, 10, 'a'))).toEqual(new Set(first));
});
