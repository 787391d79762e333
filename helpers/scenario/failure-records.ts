import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Type, type Static } from '@sinclair/typebox';
import { ExecutionNode, LogEntry } from '../../contract/executions';
import { stringEnum } from '../../contract/json';
import { Waiting } from '../../contract/waiting';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';
import { explain, matches } from '../client/validate';
import { framesOf, messageOf } from '../errors';
import { valueDifferences } from './evidence/value-differences';
import type { BodyFailure } from './run-test-body';
import { ExecutionDocuments } from './evidence/documents';
import { SentRequest, ShownRequest } from './sent-request';

/** What is kept of a test that failed, to read it when the terminal is gone. */
const FailureRecord = Type.Object({
  id: Type.String(),
  from: Type.Optional(Type.Number({ description: 'start of the test, epoch ms; absent: only Jest observed it' })),
  error: Type.String({ description: 'the message, without colors' }),
  frames: Type.Array(Type.String(), { description: 'the whole stack, innermost first' }),
  differences: Type.Optional(
    Type.Object({
      shown: Type.Array(Type.Object({ path: Type.String(), expected: Type.String(), seen: Type.String() })),
      count: Type.Integer(),
    }),
  ),
  requests: Type.Array(SentRequest),
  deciding: Type.Optional(Type.Array(ShownRequest)),
  executions: Type.Array(
    Type.Object({
      id: Type.Integer(),
      tree: Type.Union([ExecutionNode, Type.Null()]),
      log: Type.Union([Type.Array(LogEntry), Type.Null()]),
      waiting: Type.Union([Waiting, Type.Null()]),
      documents: Type.Optional(Type.Array(ExecutionDocuments)),
      lacks: Type.Array(
        Type.Object({ subject: stringEnum(['tree', 'log', 'reasons', 'documents']), reason: Type.String() }),
      ),
    }),
  ),
  rules: Type.Optional(Type.Array(Type.String(), { description: 'what became of the events of each rule' })),
  logged: Type.String({ description: 'errors that the platform logged' }),
  host: Type.String(),
  limitMs: Type.Optional(Type.Number({ description: 'how long the test could take; absent: only Jest observed it' })),
});
export type FailureRecord = Static<typeof FailureRecord>;

const PREFIX = 'failures-';

/** Appends a failure to the file of this test worker. */
export function writeFailure(
  directory: string,
  test: Pick<FailureRecord, 'id' | 'from'>,
  { error, evidence }: BodyFailure,
): void {
  const differences = valueDifferences(error);
  const record = {
    ...test,
    error: stripVTControlCharacters(messageOf(error)),
    frames: framesOf(error),
    ...(differences && { differences }),
    ...evidence,
  };
  appendFileSync(join(directory, `${PREFIX}${process.pid}.jsonl`), `${writeJson(record)}\n`);
}

/** Reads the failures of all test workers. Throws at the first invalid one. */
export const readFailures = (directory: string): FailureRecord[] =>
  readdirSync(directory)
    .filter((name) => name.startsWith(PREFIX))
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map(parseFailure);

function parseFailure(line: string): FailureRecord {
  const record: unknown = parseJsonText(line);
  if (!matches(FailureRecord, record)) throw new Error(`invalid failure record: ${explain(FailureRecord, record)}`);
  return record;
}
