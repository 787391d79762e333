import { appendFileSync } from 'node:fs';
import { dirSync } from 'tmp';
import { instant } from '../../../helpers/instant';
import { overlap, precedes, run, wit } from '../../../helpers/intervals';
import { openLedger, type Ledger } from '../../../helpers/ledger';
import { randomName } from '../../../helpers/names';

const scratch = dirSync({ unsafeCleanup: true });
afterAll(() => scratch.removeCallback());

const SECOND = Date.parse('2026-01-27T10:00:00Z');

const executed = (id: number, from: string, to: string) => ({
  id,
  status: 'completed' as const,
  started_at: `2026-01-27T10:00:0${from}Z`,
  finished_at: `2026-01-27T10:00:0${to}Z`,
  updated: '2026-01-27T10:00:09Z',
});

/** A ledger in which execution `id` began and ended at these ms after the second. */
const ledgerOf = (...stamps: [id: number, start: number, end: number][]): Ledger => {
  const ledger = openLedger(scratch.name, randomName(6));
  const line = (id: number, event: string, at: number) => `k ${event} ${id} 99 ${(SECOND + at) * 1_000}\n`;
  stamps.forEach(([id, start, end]) => appendFileSync(ledger.path, line(id, 'start', start) + line(id, 'end', end)));
  return ledger;
};

test('an instant keeps its microseconds', () => {
  expect(instant('2026-01-27T10:00:00.123456Z') - SECOND).toBeCloseTo(123.456, 3);
  expect(instant('2026-01-27T10:00:00Z')).toBe(SECOND);
  expect(() => instant('yesterday')).toThrow('not an RFC 3339 instant: yesterday');
});

test('intervals that only touch do not overlap', () => {
  expect(overlap([])).toBe(0);
  expect(
    overlap([
      { start: 0, finish: 10 },
      { start: 10, finish: 20 },
    ]),
  ).toBe(1);
  expect(
    overlap([
      { start: 0, finish: 10 },
      { start: 9, finish: 20 },
      { start: 9.5, finish: 9.6 },
    ]),
  ).toBe(3);
});

test('the finish is the recorded one, and without one the last update', () => {
  expect(run(executed(1, '0.100', '0.200'))).toEqual({ start: SECOND + 100, finish: SECOND + 200 });
  expect(run({ ...executed(1, '0.100', '0.200'), finished_at: null }).finish).toBe(SECOND + 9_000);
});

test('order is judged by both clocks', () => {
  const [a, b] = [executed(1, '0.100', '0.300'), executed(2, '0.300', '0.500')];
  expect(precedes(a, b, ledgerOf([1, 110, 290], [2, 310, 490]))).toEqual({ run: true, wit: true });
  expect(precedes(b, a, ledgerOf([1, 110, 290], [2, 310, 490]))).toEqual({ run: false, wit: false });
});

test('a process that ran outside its recorded interval convicts the platform', () => {
  expect(() => wit(executed(1, '0.100', '0.200'), ledgerOf([1, 110, 230]))).toThrow('outside its recorded interval');
  expect(() => wit(executed(1, '0.100', '0.200'), ledgerOf())).toThrow('left no start and end');
});
