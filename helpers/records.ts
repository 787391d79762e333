import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { oneOf, TextList } from '../contract/json';
import { explain, matches } from './client/validate';

export const RESULT_CLASSES = ['passed', 'failed', 'environment', 'not proven'] as const;

/** How one claim came out. Milliseconds unless said otherwise. */
const ClaimRecord = Type.Object({
  id: Type.String(),
  title: Type.String(),
  class: oneOf(RESULT_CLASSES),
  budget: Type.Number({ description: 'seconds' }),
  seconds: Type.Number(),
  latencyMs: Type.Number(),
  jitterMs: Type.Number(),
  missing: TextList,
});
export type ClaimRecord = Static<typeof ClaimRecord>;

/** Adds a record; each test worker has a file of its own. */
export function writeRecord(directory: string, record: ClaimRecord): void {
  appendFileSync(join(directory, `records-${process.pid}.jsonl`), `${JSON.stringify(record)}\n`);
}

function parsed(line: string): ClaimRecord {
  const record: unknown = JSON.parse(line);
  if (!matches(ClaimRecord, record)) throw new Error(`a claim's record: ${explain(ClaimRecord, record)}`);
  return record;
}

/** The records of all test workers. */
export const readRecords = (directory: string): ClaimRecord[] =>
  readdirSync(directory)
    .filter((name) => name.startsWith('records-'))
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map(parsed);
