import { trendLabel, trendOf } from '../../../tools/hub/page/trend';
import type { RunSummary } from '../../../tools/hub/store/runs';

const run = (name: string, outcome: RunSummary['outcome'], seconds: number) =>
  ({
    name,
    outcome,
    started: new Date(0).toISOString(),
    finished: new Date(seconds * 1_000).toISOString(),
  }) as RunSummary;

const NEWEST_FIRST = [run('c', 'failed', 125), run('b', 'cancelled', 0), run('a', 'passed', 62.5)];

test('a trend has a bar for each run, the oldest first, as high as it was long', () => {
  expect(trendOf(NEWEST_FIRST, { height: 32, step: 8 })).toEqual({
    width: 24,
    height: 32,
    bars: [
      { outcome: 'passed', x: 0, y: 14, width: 6, height: 18, label: 'a: passed, 62.5 s' },
      { outcome: 'cancelled', x: 8, y: 29, width: 6, height: 3, label: 'b: cancelled, 0.0 s' },
      { outcome: 'failed', x: 16, y: 0, width: 6, height: 32, label: 'c: failed, 2 min 5 s' },
    ],
  });
  expect(trendOf([], { height: 32, step: 8 })).toEqual({ width: 8, height: 32, bars: [] });
});

test('a trend in words has its failures and its longest run', () => {
  expect(trendLabel(NEWEST_FIRST)).toBe('3 runs, the oldest first: 1 failed, the longest took 2 min 5 s');
  expect(trendLabel(NEWEST_FIRST.slice(2))).toBe('1 run: 0 failed, the longest took 62.5 s');
  expect(trendLabel([])).toBe('0 runs, the oldest first');
});
