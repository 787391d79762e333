import { basename } from 'node:path';
import { appendFileSync } from 'node:fs';
import { parseInstant } from '../../../helpers/instant';
import { maxOverlap, recordedInterval, ledgerInterval } from '../../../helpers/scenario/intervals';
import { openLedger, type Ledger } from '../../../helpers/scenario/ledger';
import { randomName } from '../../../helpers/scenario/names';
import { testDirectory } from '../../test-directory';

const scratch = testDirectory();

const SECOND = Date.parse('2026-01-27T10:00:00Z');

const executed = (id: number, from: string, to: string) => ({
  id,
  status: 'completed' as const,
  started_at: `2026-01-27T10:00:0${from}Z`,
  finished_at: `2026-01-27T10:00:0${to}Z`,
  updated: '2026-01-27T10:00:09Z',
});

/** A ledger in which execution `id` started and ended at these ms after `SECOND`. */
const ledgerOf = (...stamps: [id: number, start: number, end: number][]): Ledger => {
  const ledger = openLedger(scratch, randomName(6));
  const line = (id: number, event: string, at: number) => `k ${event} ${id} 99 ${(SECOND + at) * 1_000}\n`;
  stamps.forEach(([id, start, end]) => appendFileSync(ledger.path, line(id, 'start', start) + line(id, 'end', end)));
  return ledger;
};

test('a parsed instant keeps its microseconds', () => {
  expect(parseInstant('2026-01-27T10:00:00.123456Z') - SECOND).toBeCloseTo(123.456, 3);
  expect(parseInstant('2026-01-27T10:00:00Z')).toBe(SECOND);
  expect(() => parseInstant('yesterday')).toThrow('not an RFC 3339 instant: yesterday');
});

test('a ledger has the times of the target, also of one that is ahead', () => {
  const { path } = ledgerOf([1, 100, 200]);
  const ahead = openLedger(scratch, basename(path, '.ledger'), 37_000);

  expect(ahead.entries('k').map(({ atMs }) => atMs - SECOND)).toEqual([37_100, 37_200]);
});

test('adjacent intervals do not overlap', () => {
  expect(maxOverlap([])).toBe(0);
  expect(
    maxOverlap([
      { start: 0, finish: 10 },
      { start: 10, finish: 20 },
    ]),
  ).toBe(1);
  expect(
    maxOverlap([
      { start: 0, finish: 10 },
      { start: 9, finish: 20 },
      { start: 9.5, finish: 9.6 },
    ]),
  ).toBe(3);
});

test('without finished_at the last update is the finish', () => {
  expect(recordedInterval(executed(1, '0.100', '0.200'))).toEqual({ start: SECOND + 100, finish: SECOND + 200 });
  expect(recordedInterval({ ...executed(1, '0.100', '0.200'), finished_at: null }).finish).toBe(SECOND + 9_000);
});

test('a process outside its recorded interval throws', () => {
  expect(() => ledgerInterval(executed(1, '0.100', '0.200'), ledgerOf([1, 110, 230]))).toThrow(
    'outside its recorded interval',
  );
  expect(() => ledgerInterval(executed(1, '0.100', '0.200'), ledgerOf())).toThrow('no start and end of execution 1');
});
