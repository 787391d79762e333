import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeReport } from '../../../helpers/jest/write-report';
import { readModel } from '../../../helpers/run-report/report-files';
import { repositoryRoot } from '../../../helpers/repository-root';
import { writeFailure } from '../../../helpers/scenario/failure-records';
import type { TestRecord } from '../../../helpers/scenario/test-records';
import { factsOf } from '../helpers/run/local-run-facts';
import { testDirectory } from '../../test-directory';

const TOKEN = 'token-of-the-run';
/** Of the line that shows what was seen, characters. */
const SEEN = 300;

const EVIDENCE = {
  requests: [],
  deciding: [],
  executions: [],
  rules: [],
  unlisted: [],
  logged: '',
  host: '',
  limitMs: 1_000,
};
const RECORD: TestRecord = {
  id: 'T2.8b',
  title: 'a task that always fails ends failed',
  class: 'failed',
  budget: 1,
  seconds: 1,
  latencyMs: 0,
  jitterMs: 0,
  missing: [],
  from: 5,
  to: 9,
};

let directory: string;
beforeEach(() => (directory = testDirectory()));

test('no line of a secret of several lines is in the report of a failed file', () => {
  process.env.REPORT_SECRET = 'line-one-of-it\nline-two-of-it';
  try {
    const failureMessage = 'rejected: line-one-of-it\nline-two-of-it';
    const files = [{ testFilePath: 'a.test.ts', failureMessage, perfStats: { start: 0, runtime: 1 }, testResults: [] }];

    writeReport(repositoryRoot(), directory, {
      facts: factsOf(directory),
      records: [RECORD],
      files,
      verdict: { exit: 1, reasons: [] },
    });

    const report = readFileSync(join(directory, '7q2x.report.json'), 'utf8');
    expect(report).toContain('a.test.ts could not be run: rejected: ***');
    expect(report).not.toContain('line-one');
  } finally {
    delete process.env.REPORT_SECRET;
  }
});

test('no part of a secret stays where a report cuts a text', () => {
  const error = new Error(`${'x'.repeat(SEEN - 8)}${TOKEN}`);
  writeFailure(directory, { id: RECORD.id, from: 5 }, { error, evidence: EVIDENCE });
  const facts = { ...factsOf(directory), token: TOKEN };

  writeReport(repositoryRoot(), directory, { facts, records: [RECORD], files: [], verdict: { exit: 1, reasons: [] } });

  expect(readFileSync(join(directory, 'failures/T2.8b.md'), 'utf8')).toContain(
    `**Seen:** ${'x'.repeat(SEEN - 8)}***\n`,
  );
  expect(readFileSync(join(directory, '7q2x.report.json'), 'utf8')).not.toContain(TOKEN.slice(0, 8));
});

test('no secret is in the documents of an execution, also with a quote', () => {
  const secret = 'quote"of the secret';
  const node = { action_ref: 'a.b', status: 'failed', error: null, stdout_tail: '', stderr_tail: '', attempt: 1 };
  const times = { created: '2026-01-27T10:00:00Z', updated: '2026-01-27T10:00:00Z', finished_at: null };
  const nothing = { parent: null, enforcement: null, rule_ref: null, trigger_ref: null, exit_code: null };
  const tree = { id: 1, ...node, ...times, ...nothing, timeout_level: null, waiting_for: null, children: [] };
  const documents = [{ id: 1, input: { text: `it is ${secret}` }, result: [secret] }];
  const executions = [{ id: 1, tree, log: null, waiting: null, documents, lacks: [] }];
  const evidence = { ...EVIDENCE, executions } as unknown as typeof EVIDENCE;
  writeFailure(directory, { id: RECORD.id, from: 5 }, { error: new Error('e'), evidence });
  const facts = { ...factsOf(directory), token: secret };

  writeReport(repositoryRoot(), directory, { facts, records: [RECORD], files: [], verdict: { exit: 1, reasons: [] } });

  const [claim] = readModel(join(directory, '7q2x.report.json')).claims;
  expect(claim!.failure!.executions[0]!.nodes[0]).toMatchObject({ input: '{"text":"it is ***"}', result: '["***"]' });
});
