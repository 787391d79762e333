import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { stringEnum, TextList } from '../../contract/json';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';
import { explain, matches } from '../client/validate';

export const RESULT_CLASSES = ['passed', 'failed', 'environment', 'known red', 'not proven', 'not selected'] as const;

/** How a test about time passes it. */
export const TIMES = ['virtual time', 'real time'] as const;

/**
 * The result of a test that ran. What its host was too slow to decide is no sign of the defect
 * that the target declares.
 */
export function resultOf(run: {
  readonly hasFailed: boolean;
  readonly isInconclusive: boolean;
  readonly isDeclared: boolean;
}): 'passed' | 'environment' | 'known red' | 'failed' {
  if (!run.hasFailed) return 'passed';
  if (run.isInconclusive) return 'environment';
  return run.isDeclared ? 'known red' : 'failed';
}

/** The result of one test. Milliseconds unless stated otherwise. */
const TestRecord = Type.Object({
  id: Type.String(),
  title: Type.String(),
  class: stringEnum(RESULT_CLASSES),
  budget: Type.Number({ description: 'seconds' }),
  seconds: Type.Number(),
  latencyMs: Type.Number(),
  jitterMs: Type.Number(),
  missing: TextList,
  time: Type.Optional(stringEnum(TIMES)),
  from: Type.Optional(Type.Number({ description: 'epoch ms; absent for a test that did not run' })),
  to: Type.Optional(Type.Number({ description: 'epoch ms, after the cleanup' })),
  process: Type.Optional(Type.Integer({ description: 'id of the process that ran it' })),
  requests: Type.Optional(
    Type.Integer({ description: 'of its own client, the cleanup included; absent without `from`' }),
  ),
  error: Type.Optional(Type.String({ description: 'of a known red test' })),
});
export type TestRecord = Static<typeof TestRecord>;

/** Appends a record to the file of this test worker. */
export function writeRecord(directory: string, record: TestRecord): void {
  appendFileSync(join(directory, `records-${process.pid}.jsonl`), `${writeJson(record)}\n`);
}

function parseRecord(line: string): TestRecord {
  const record: unknown = parseJsonText(line);
  if (!matches(TestRecord, record)) throw new Error(`invalid test record: ${explain(TestRecord, record)}`);
  return record;
}

/** Parses records, one a line. Throws at the first invalid one. */
export const parseRecords = (text: string): TestRecord[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseRecord);

/** Reads the records of all test workers. */
export const readRecords = (directory: string): TestRecord[] =>
  readdirSync(directory)
    .filter((name) => name.startsWith('records-'))
    .flatMap((name) => parseRecords(readFileSync(join(directory, name), 'utf8')));
