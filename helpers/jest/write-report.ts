import { relative } from 'node:path';
import { readScenarios } from '../docs/scenario-files';
import { redact, secretsOf } from '../report/redact';
import { buildRunModel } from '../run-report/build-run-model';
import { redactTexts } from '../run-report/redact-model';
import { readPastRecords, writeReportFiles } from '../run-report/report-files';
import { readFailures } from '../scenario/failure-records';
import type { TestRecord } from '../scenario/test-records';
import type { RunFacts } from '../target/run-facts';
import { projectPath } from './last-run';
import { knownRedReason, notProvenReason } from './summary-lines';
import type { FileResult } from './test-outcomes';

/** What the report of a run is made of. */
export interface ReportedRun {
  readonly facts: RunFacts;
  readonly records: readonly TestRecord[];
  readonly files: readonly FileResult[];
  readonly verdict: { readonly exit: number; readonly reasons: readonly string[] };
}

/**
 * Writes the report of a run to a directory of results, without secrets. Returns the lines about
 * it. Throws what the file system throws.
 */
export function writeReport(
  root: string,
  directory: string,
  { facts, records, files, verdict }: ReportedRun,
): string[] {
  const notes: string[] = [];
  const model = buildRunModel({
    root,
    facts,
    records,
    failures: readFailures(facts.directory),
    scenarios: readScenarios(root),
    past: readPastRecords(directory, facts.run, (line) => notes.push(line)),
    verdict: { exit: verdict.exit, reasons: [...verdict.reasons, ...unrunFiles(files, root)] },
    reasonOf: (record) => reasonOf(facts, record),
  });
  const secrets = [...secretsOf(process.env), facts.token, facts.databaseUrl ?? ''];
  const page = writeReportFiles(
    directory,
    redactTexts(model, (text) => redact(text, secrets)),
    root,
  );
  return [...notes, `Report:      ${projectPath(root, page)}`];
}

function reasonOf(facts: RunFacts, record: TestRecord): string {
  if (record.class === 'known red') return knownRedReason(facts, record);
  return record.class === 'not proven' ? notProvenReason(facts, record) : '';
}

/** Files that could not be run, with the first line of the reason. */
const unrunFiles = (files: readonly FileResult[], root: string): string[] =>
  files.flatMap(({ testFilePath, testResults, failureMessage }) =>
    testResults.length === 0 && failureMessage
      ? [`${relative(root, testFilePath)} could not be run: ${failureMessage.trim().split('\n', 1)[0]!}`]
      : [],
  );
