import { setbackOf } from '../../../platform/sensor/back-off';

const BASE_MS = 5_000;

test('pauses double from the first to five minutes', () => {
  const pauses = Array.from({ length: 9 }, (_, earlier) => setbackOf(earlier, 10, BASE_MS).pauseMs / 1_000);

  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test('the third end in a row is told to people, once, and called failed', () => {
  const setbacks = [0, 1, 2, 3].map((earlier) => setbackOf(earlier, 10, BASE_MS));

  expect(setbacks.map(({ status }) => status)).toEqual(['backoff', 'backoff', 'failed', 'failed']);
  expect(setbacks.map(({ isAlert }) => isAlert)).toEqual([false, false, true, false]);
});

test('one that lived a minute begins to count anew', () => {
  expect(setbackOf(5, 59_999, BASE_MS).failures).toBe(6);
  expect(setbackOf(5, 60_000, BASE_MS)).toEqual({ failures: 1, pauseMs: 5_000, status: 'backoff', isAlert: false });
});
