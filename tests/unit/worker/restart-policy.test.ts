import { decideRestart } from '../../../platform/worker/sensors/restart-policy';

const BASE_MS = 5_000;

test('pauses double up to five minutes', () => {
  const pauses = Array.from(
    { length: 9 },
    (_, earlierFailures) => decideRestart(earlierFailures, 10, BASE_MS).pauseMs / 1_000,
  );

  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test('the third failure in a row sets failed and one alert', () => {
  const decisions = [0, 1, 2, 3].map((earlierFailures) => decideRestart(earlierFailures, 10, BASE_MS));

  expect(decisions.map(({ status }) => status)).toEqual(['backoff', 'backoff', 'failed', 'failed']);
  expect(decisions.map(({ isAlertDue }) => isAlertDue)).toEqual([false, false, true, false]);
});

test('a process that ran for a minute resets the failure count', () => {
  expect(decideRestart(5, 59_999, BASE_MS).failures).toBe(6);
  expect(decideRestart(5, 60_000, BASE_MS)).toEqual({
    failures: 1,
    pauseMs: 5_000,
    status: 'backoff',
    isAlertDue: false,
  });
});
