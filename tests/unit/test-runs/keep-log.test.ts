import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepLog, keepLogAtEnd, keptLogLines } from '../../../helpers/jest/keep-log';
import { writeReport } from '../../../helpers/jest/write-report';
import { repositoryRoot } from '../../../helpers/repository-root';
import { createLogFile } from '../../../helpers/target/start/platform-log-file';
import { projectPath } from '../../../helpers/jest/last-run';
import { factsOf } from '../helpers/run/local-run-facts';
import { testDirectory } from '../../test-directory';

const ROOT = repositoryRoot();

test('the log of a platform is kept with the results, without secrets', () => {
  const directory = testDirectory();
  const log = join(directory, 'platform.log');
  writeFileSync(log, 'one\na secret\n');

  const kept = keepLog(log, directory, 'm3x9', (text) => text.replaceAll('secret', '***'));

  const path = join(directory, 'm3x9.platform.log');
  expect(kept).toEqual({ path, text: 'one\na ***\n' });
  expect(readFileSync(path, 'utf8')).toBe('one\na ***\n');
  expect(keptLogLines(directory, kept)).toEqual(['Log:         m3x9.platform.log']);
});

test('of a long log, the whole lines of the end are kept', () => {
  const directory = testDirectory();
  const log = join(directory, 'platform.log');
  writeFileSync(log, `secret\n${'x'.repeat(32 * 1_024 * 1_024 - 8)}\nlast`);

  const { path } = keepLog(log, directory, 'm3x9', (all) => all.replaceAll('secret', '***'));
  const text = readFileSync(path, 'utf8');

  expect([text.slice(0, 4), text.slice(-5)]).toEqual(['xxxx', '\nlast']);
});

const ENTRY = {
  level: 60,
  time: 0,
  msg: 'the process ends: an error was not handled',
  execution: 4,
  err: { message: 'no rows', stack: 'TypeError: no rows\n    at Array.find (node:1:1)\n    at run (/a/b.ts:1:2)' },
};
const LAST_ERROR = [
  'Last error:  1970-01-01T00:00:00.000Z  the process ends: an error was not handled: no rows  (execution 4)',
  '      at run (/a/b.ts:1:2)',
].join('\n');

/** A platform that has ended by itself: its directory is removed, with its log. */
async function endedPlatform() {
  const directory = testDirectory();
  const results = join(directory, 'results');
  const own = join(directory, 'platform');
  for (const path of [results, own]) mkdirSync(path);
  const log = join(own, 'platform.log');
  const file = createLogFile(log);
  file.stream.end(`${JSON.stringify(ENTRY)}\n${JSON.stringify({ level: 30, time: 1, msg: 'stopped' })}\n`);
  await once(file.stream, 'close');
  rmSync(own, { recursive: true });
  const facts = { ...factsOf(own), kind: 'started' as const, log };
  const release = () => file.close();
  return { directory, results, facts, release };
}

test.each([
  ['ended during a test', 1],
  ['ended after the last test', 0],
])('of a platform that %s the log is kept, and its last error printed', async (_, exit) => {
  const { results, facts, release } = await endedPlatform();

  const lines = writeReport(ROOT, results, { facts, records: [], files: [], verdict: { exit, reasons: [] } });

  expect(lines).toEqual([
    `Report:      ${projectPath(ROOT, join(results, 'report.html'))}`,
    `Log:         ${projectPath(ROOT, join(results, `${facts.run}.platform.log`))}`,
    LAST_ERROR,
  ]);
  expect(readFileSync(join(results, `${facts.run}.platform.log`), 'utf8')).toContain('no rows');
  release();
});

test('a run that turns red after its report keeps the log, once', async () => {
  const { directory, results, facts, release } = await endedPlatform();

  const lines = [keepLogAtEnd(directory, results, facts), keepLogAtEnd(directory, results, facts)];

  expect(lines).toEqual([[`Log:         results/${facts.run}.platform.log`, LAST_ERROR], []]);
  release();
});

test('a run without a failure keeps no log', () => {
  const directory = testDirectory();
  const log = join(directory, 'platform.log');
  writeFileSync(log, 'one\n');
  const facts = { ...factsOf(directory), log };

  writeReport(ROOT, directory, { facts, records: [], files: [], verdict: { exit: 0, reasons: [] } });

  expect(existsSync(join(directory, `${facts.run}.platform.log`))).toBe(false);
});

test('a claim during which the platform ended shows what it logged', async () => {
  const { results, facts, release } = await endedPlatform();
  const record = { id: 'T2.8b', title: 'a task', class: 'failed', budget: 1, seconds: 1 } as const;
  const records = [{ ...record, latencyMs: 0, jitterMs: 0, missing: [] }];

  writeReport(ROOT, results, { facts, records, files: [], verdict: { exit: 1, reasons: [] } });

  const report = readFileSync(join(results, `${facts.run}.report.json`), 'utf8');
  expect(report).toContain('an error was not handled: no rows  (execution 4)\\n      at run (/a/b.ts:1:2)');
  release();
});
