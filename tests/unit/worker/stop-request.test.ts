import { setTimeout as pause } from 'node:timers/promises';
import { watchForStop } from '../../../platform/worker/process/stop-request';

const LIMIT_MS = 20;
const AFTER_LIMIT_MS = 60;

test('the limit stops once, and a later cancellation is ignored', async () => {
  const stop = new AbortController();
  const onStop = jest.fn();
  watchForStop({ limitMs: LIMIT_MS, stop: stop.signal }, onStop);

  await pause(AFTER_LIMIT_MS);
  stop.abort();

  expect(onStop.mock.calls).toEqual([['timeout']]);
});

test('a cancellation before the limit wins', async () => {
  const stop = new AbortController();
  const onStop = jest.fn();
  watchForStop({ limitMs: LIMIT_MS, stop: stop.signal }, onStop);

  stop.abort();
  await pause(AFTER_LIMIT_MS);

  expect(onStop.mock.calls).toEqual([['cancelled']]);
});

test('a limit of the control group stops once, and the poll ends', async () => {
  const onStop = jest.fn();
  const hasReachedLimit = jest.fn(() => true);
  watchForStop({ limitMs: 60_000, stop: new AbortController().signal, hasReachedLimit }, onStop);
  while (onStop.mock.calls.length === 0) await pause(AFTER_LIMIT_MS);
  const polls = hasReachedLimit.mock.calls.length;

  await pause(1_100);

  expect([onStop.mock.calls, hasReachedLimit.mock.calls.length]).toEqual([[['limit-reached']], polls]);
});

test('a signal that has aborted cancels at once', () => {
  const onStop = jest.fn();

  watchForStop({ limitMs: Infinity, stop: AbortSignal.abort() }, onStop);

  expect(onStop.mock.calls).toEqual([['cancelled']]);
});

test('after its end neither the limit nor a cancellation stops', async () => {
  const stop = new AbortController();
  const onStop = jest.fn();

  watchForStop({ limitMs: LIMIT_MS, stop: stop.signal }, onStop)();
  stop.abort();
  await pause(AFTER_LIMIT_MS);

  expect(onStop).not.toHaveBeenCalled();
});
