import { pino } from 'pino';
import { coalesceByKey } from '../../../platform/base/async/coalescing-queue';

const LOG = pino({ enabled: false });

/** A queue whose handlers end when the test calls `completions`. */
const manualQueue = () => {
  const handled: string[] = [];
  const completions: ((error?: Error) => void)[] = [];
  const handle = (payload: string) =>
    new Promise<void>((resolve, reject) => {
      handled.push(payload);
      completions.push((error) => (error ? reject(error) : resolve()));
    });
  return { handled, completions, queue: coalesceByKey(handle, 2, LOG) };
};

test('equal payloads that arrive during a handler share one more run', async () => {
  const { handled, completions, queue } = manualQueue();
  queue.push('1');
  queue.push('1');
  queue.push('1');
  completions[0]!();
  await new Promise(setImmediate);
  completions[1]!();

  await queue.stop();

  expect(handled).toEqual(['1', '1']);
});

test('different payloads are handled concurrently', async () => {
  const { handled, completions, queue } = manualQueue();
  queue.push('1');
  queue.push('2');
  completions.forEach((end) => end());

  await queue.stop();

  expect(handled).toEqual(['1', '2']);
});

test('at most two handlers run at once, in order of arrival', async () => {
  const { handled, completions, queue } = manualQueue();
  for (const payload of ['1', '2', '3', '4']) queue.push(payload);
  const startedAtOnce = [...handled];
  completions[1]!();
  await new Promise(setImmediate);
  completions[0]!();
  await new Promise(setImmediate);
  completions.slice(2).forEach((end) => end());

  await queue.stop();

  expect([startedAtOnce, handled]).toEqual([
    ['1', '2'],
    ['1', '2', '3', '4'],
  ]);
});

test('a payload is handled again after its handler failed', async () => {
  const { handled, completions, queue } = manualQueue();
  queue.push('1');
  completions[0]!(new Error('the database was lost'));
  await new Promise(setImmediate);
  queue.push('1');
  completions[1]!();

  await queue.stop();

  expect(handled).toEqual(['1', '1']);
});

test('a stopped queue waits for running handlers and ignores new payloads', async () => {
  const { handled, completions, queue } = manualQueue();
  queue.push('1');
  const stopped = queue.stop();
  queue.push('2');
  completions[0]!();

  await stopped;

  expect(handled).toEqual(['1']);
});
