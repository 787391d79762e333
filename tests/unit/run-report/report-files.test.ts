import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newestModel, readModel, readPastRecords, writeReportFiles } from '../../../helpers/run-report/report-files';
import { claimOf, failure, runOf } from './runs';
import { testDirectory } from '../../test-directory';

const ROOT = resolve(__dirname, '../../..');

let directory: string;
beforeEach(() => (directory = testDirectory()));

const red = runOf([claimOf({ result: 'failed', failure: failure() }), claimOf({ id: 'T2.8a' })]);

test('a run leaves its data, one page, and a text for each failed claim', () => {
  const page = writeReportFiles(directory, red, ROOT);

  expect(page).toBe(join(directory, 'report.html'));
  expect(readFileSync(page, 'utf8')).toContain('<title>Tuningfork run m3x9</title>');
  expect(readModel(newestModel(directory))).toEqual(red);
  expect(readFileSync(join(directory, 'failures/T2.8b.md'), 'utf8')).toContain('**Seen:** it was 4');
  expect(existsSync(join(directory, 'failures/T2.8a.md'))).toBe(false);
});

test('the text of a claim goes when the claim has passed, and only then', () => {
  const text = join(directory, 'failures/T2.8b.md');
  writeReportFiles(directory, red, ROOT);

  writeReportFiles(directory, runOf([claimOf({ id: 'T2.8a' }), claimOf({ result: 'not proven' })]), ROOT);
  expect(existsSync(text)).toBe(true);
  writeReportFiles(directory, runOf([claimOf()]), ROOT);
  expect(existsSync(text)).toBe(false);
});

test('a file that is no report is named with what is wrong', () => {
  writeFileSync(join(directory, 'x.report.json'), '{"run": 1}');

  expect(() => readModel(newestModel(directory))).toThrow(/x\.report\.json: /);
});

test('the history has the runs before, and names a file that is none', () => {
  const record = (id: string) => JSON.stringify({ ...MEASURED, id });
  for (const [n, [name, text]] of [
    ['b.jsonl', record('T1.1b')],
    ['a.jsonl', record('T1.1a')],
    ['old.jsonl', '{}'],
    ['now.jsonl', record('T1.1c')],
  ].entries()) {
    writeFileSync(join(directory, name!), `${text!}\n`);
    utimesSync(join(directory, name!), n, n);
  }
  const notes: string[] = [];

  const past = readPastRecords(directory, 'now', (line) => notes.push(line));

  expect(past.map(({ id }) => id)).toEqual(['T1.1b', 'T1.1a']);
  expect(notes).toEqual([expect.stringMatching(/old\.jsonl is not in the history: .*invalid test record/)]);
});

const MEASURED = {
  title: 't',
  class: 'passed',
  budget: 1,
  seconds: 1,
  latencyMs: 0,
  jitterMs: 0,
  missing: [],
};
