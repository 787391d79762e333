import { readFileSync, statSync } from 'node:fs';
import { streamLogPath } from '../../../platform/base/directories';
import { ReceivedLogs } from '../../../platform/workers/standalone/server/received-logs';
import { testDirectory } from '../../test-directory';

const ATTEMPT = { execution: 41, tenant: 1, attempt: 1 };
const LIMIT = 16;
const NOTICE = 1_024;

let directory: string;
beforeEach(() => (directory = testDirectory()));

const open = () => new ReceivedLogs({ directory, logLimitBytes: LIMIT });
const pathOf = () => streamLogPath({ directory }, ATTEMPT, 'stdout');
const write = (logs: ReceivedLogs, offset: number, text: string) =>
  logs.write(ATTEMPT, 'stdout', offset, Buffer.from(text));

test('parts are written once each, in order, for the owner alone', async () => {
  const logs = open();

  expect(await Promise.all([write(logs, 0, 'one '), write(logs, 4, 'two ')])).toEqual([4, 8]);
  expect(await write(logs, 4, 'two three')).toBe(13);
  expect(await write(logs, 0, 'one ')).toBe(13);

  expect(readFileSync(pathOf(), 'utf8')).toBe('one two three');
  expect((statSync(pathOf()).mode & 0o777).toString(8)).toBe('600');
});

test('a part after a missing one is not written', async () => {
  const logs = open();
  await write(logs, 0, 'one ');

  expect(await write(logs, 8, 'three')).toBe(4);

  expect(readFileSync(pathOf(), 'utf8')).toBe('one ');
});

test('no more is stored than the limit and its notice', async () => {
  const logs = open();

  expect(await write(logs, 0, 'x'.repeat(5_000))).toBe(LIMIT + NOTICE);
  expect(await write(logs, LIMIT + NOTICE, 'more')).toBe(LIMIT + NOTICE);
});

test('discarded logs are removed', async () => {
  const logs = open();
  await write(logs, 0, 'secret');

  await logs.discard(ATTEMPT);

  expect(() => statSync(pathOf())).toThrow('ENOENT');
});
