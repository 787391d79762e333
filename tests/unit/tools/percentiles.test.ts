import { formatMs, formatSeconds, median, percentile } from '../../../tools/bench/percentiles';

const HUNDRED = Array.from({ length: 100 }, (_, n) => 100 - n);

test('a percentile is the value of the nearest rank', () => {
  expect([1, 50, 99, 100].map((percent) => percentile(HUNDRED, percent))).toEqual([1, 50, 99, 100]);
});

test('the 99th percentile of three values is the largest', () => {
  expect(percentile([3, 1, 2], 99)).toBe(3);
  expect(median([3, 1, 2])).toBe(2);
});

test('a percentile of no values is an error', () => {
  expect(() => percentile([], 50)).toThrow(RangeError);
});

test('durations have three significant figures', () => {
  expect([0.314, 12.44, 134.4].map(formatMs)).toEqual(['0.31 ms', '12.4 ms', '134 ms']);
  expect([1_534, 61_234].map(formatSeconds)).toEqual(['1.53 s', '61.2 s']);
});
