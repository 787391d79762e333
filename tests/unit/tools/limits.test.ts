import { beyondLimits } from '../../../tools/bench/limits';
import { reportRows } from '../../../tools/bench/report-page';

const FAST = { opened: [900, 950, 4_000], timeline: [60, 58, 2], graph: [31, 30, 29] };

test('a report that keeps its limits in most of its runs is within them', () => {
  expect(beyondLimits(reportRows(FAST))).toEqual([]);
});

test('each figure of a report that is beyond its limit is named, with both', () => {
  const rows = reportRows({ opened: [900, 1_001, 1_002], timeline: [60, 29, 29], graph: [60, 60, 29] });

  expect(beyondLimits(rows)).toEqual([
    'LIMIT_EXCEEDED: the report of a failure with 5,000 tasks, opened to its first drawing: 1001 ms, slowest 1002 ms, the limit is 1.00 s',
    'LIMIT_EXCEEDED: the same, frames while its timeline is scrolled: 29/s, slowest 29/s, the limit is 30/s',
  ]);
});

test('a limit that decides nothing is never exceeded', () => {
  const row = { title: 'a call', result: '9 s', limit: '3 s', goal: '–', baseline: '–', figures: { p50_ms: 9_000 } };

  expect(beyondLimits([row])).toEqual([]);
});
