import { progressLine, secondsLeft } from '../../../helpers/jest/time-left';

test('what is left is divided among the workers', () => {
  const running = [{ expected: 10, elapsed: 4 }];

  expect(secondsLeft({ waiting: [6, 6, 6], running, workers: 2 })).toBe(12);
});

test('the time left is at least that of the longest file', () => {
  expect(secondsLeft({ waiting: [30, 2], running: [], workers: 4 })).toBe(30);
  expect(secondsLeft({ waiting: [], running: [{ expected: 3, elapsed: 9 }], workers: 4 })).toBe(0);
});

test('the line has the number of files, those that failed, and the time', () => {
  expect(progressLine({ done: 12, failed: 0, all: 40 }, 34.2)).toBe('12 of 40 files, about 35 s left');
  expect(progressLine({ done: 39, failed: 1, all: 40 }, 0)).toBe('39 of 40 files, 1 failed, about 1 s left');
  expect(progressLine({ done: 0, failed: 0, all: 40 }, 601)).toBe('0 of 40 files, about 11 minutes left');
});
