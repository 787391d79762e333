import { PassThrough } from 'node:stream';
import { keepLastLines } from '../../../platform/start/kept-lines';
import { describeEnd } from '../../../platform/start/supervisor';

test.each([
  ['a signal', { code: null, signal: 'SIGKILL', stderr: [] }, 'signal SIGKILL ended it, and it is restarted'],
  [
    'an exit code',
    { code: 134, signal: null, stderr: ['<--- Last few GCs --->', 'FATAL ERROR: heap out of memory'] },
    'it ended with exit code 134, and it is restarted; it wrote last: FATAL ERROR: heap out of memory',
  ],
  [
    'an error that it has logged',
    { code: 70, signal: null, stderr: [] },
    'it ended with exit code 70, after the error that it logged, and it is restarted',
  ],
  ['no start', { code: null, signal: null, stderr: [] }, 'it was not started, and it is restarted'],
])('the message about the end of a worker states %s', (_, end, text) => {
  expect(describeEnd(end)).toBe(`WORKER_CRASHED: ${text}`);
});

test('the last lines of a stream are kept, without entries of the log', async () => {
  const stream = new PassThrough();
  const lines = keepLastLines(stream, 2);

  stream.end('one\n{"level":50}\n\ntwo\nthree\n');
  await new Promise((resolve) => setImmediate(resolve));

  expect(lines.read()).toEqual(['two', 'three']);
});
