import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { until } from '../../../helpers/scenario/polling';
import { ReceivedFiles } from '../../../platform/workers/standalone/server/received-files';
import { testDirectory } from '../../test-directory';

const IDLE_MS = 60_000;
const WAIT_MS = 10_000;

let directory: string;
beforeEach(() => (directory = testDirectory()));

const open = (idleMs = IDLE_MS) => new ReceivedFiles({ directory, idleMs });
const fileOf = (text: string, fencingToken = 7) => ({
  fencingToken,
  file: { version: 1, size: text.length, digest: createHash('sha256').update(text).digest('hex') },
});
const accept = () => Promise.resolve();
const write = (files: ReceivedFiles, sent: ReturnType<typeof fileOf>, offset: number, text: string) =>
  files.write(sent, offset, Buffer.from(text), accept);

/** What was taken; null: nothing. */
async function takeFrom(files: ReceivedFiles, sent: ReturnType<typeof fileOf>) {
  let taken: string | null = null;
  const { size, digest } = await files.take(sent, (path) => {
    taken = readFileSync(path, 'utf8');
    return Promise.resolve();
  });
  return { size, isExpected: digest === sent.file.digest, taken };
}

test('parts are written once each, in order, and no more than the whole', async () => {
  const files = open();
  const sent = fileOf('one two');

  expect(await Promise.all([write(files, sent, 0, 'one '), write(files, sent, 4, 't')])).toEqual([4, 5]);
  expect(await write(files, sent, 6, 'o')).toBe(5);
  expect(await write(files, sent, 0, 'one two and more')).toBe(7);

  expect(await takeFrom(files, sent)).toEqual({ size: 7, isExpected: true, taken: 'one two' });
  expect(readdirSync(directory)).toHaveLength(0);
});

test('a file that is incomplete or has another digest is not taken', async () => {
  const files = open();
  const sent = fileOf('one');

  await write(files, sent, 0, 'on');
  expect(await takeFrom(files, sent)).toEqual({ size: 2, isExpected: false, taken: null });
  await write(files, sent, 2, 'x');
  expect(await takeFrom(files, sent)).toEqual({ size: 3, isExpected: false, taken: null });

  expect(readdirSync(directory)).toHaveLength(0);
  expect(await takeFrom(files, sent)).toEqual({ size: 0, isExpected: false, taken: null });
});

test('another file for the same version replaces what was received', async () => {
  const files = open();
  await write(files, fileOf('one'), 0, 'on');

  expect(await write(files, fileOf('two'), 0, 't')).toBe(1);

  expect(readdirSync(directory)).toHaveLength(1);
});

test('what is not accepted is not written', async () => {
  const files = open();
  const reject = () => Promise.reject(new Error('not of this execution'));

  await expect(files.write(fileOf('one'), 0, Buffer.from('o'), reject)).rejects.toThrow('not of this execution');

  expect(readdirSync(directory)).toHaveLength(0);
});

test('the parts of an attempt that has ended are removed, of no other one', async () => {
  const files = open();
  await write(files, fileOf('one', 7), 0, 'o');
  await write(files, fileOf('one', 77), 0, 'o');

  await files.release(7);
  expect(readdirSync(directory)).toHaveLength(1);

  await files.close();
  expect(readdirSync(directory)).toHaveLength(0);
});

test('a file of which no part arrives any more is removed', async () => {
  const files = open(1);
  await write(files, fileOf('one'), 0, 'o');

  await until(
    {
      name: 'the file to be removed',
      check: () => {
        const { length } = readdirSync(directory);
        return Promise.resolve(length === 0 ? { is: 'met', value: true } : { is: 'pending', why: String(length) });
      },
      evidence: () => Promise.resolve(''),
    },
    performance.now() + WAIT_MS,
  );
});
