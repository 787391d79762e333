import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { EXIT_CODES } from '../../contract/errors';
import { appendStepSummary } from '../append-step-summary';
import { colors } from '../colors';
import { readScenarios } from '../docs/scenario-files';
import { messageOf } from '../errors';
import { firstLine } from '../line-of-text';
import { makeDirectory } from '../make-directory';
import { buildRunModel } from '../run-report/build-run-model';
import { githubReport } from '../run-report/github-report';
import { junitReport } from '../run-report/junit-report';
import { redactTexts } from '../run-report/redact-model';
import type { Redact } from '../report/xml';
import { readPastRecords, writeReportFiles } from '../run-report/report-files';
import type { RunModel } from '../run-report/run-model';
import { readCandidates } from '../run-report/candidates';
import { runSettings } from '../run-report/test-name';
import { summaryText } from '../run-report/summary-text';
import { isSystemTestFile } from '../scenario/names';
import { readFailures, type FailureRecord } from '../scenario/failure-records';
import { describeLogText } from '../scenario/evidence/platform-log';
import { hasTargetEnded } from '../scenario/target-ended';
import type { TestRecord } from '../scenario/test-records';
import type { RunFacts } from '../target/run-facts';
import type { FileResult } from './file-result';
import { keepLog, keptLogLines, redactionOf, type KeptLog } from './keep-log';
import { projectPath } from './last-run';
import { knownRedReason, notProvenReason } from './summary-lines';

/** What the report of a run is made of. */
export interface ReportedRun {
  readonly facts: RunFacts;
  readonly records: readonly TestRecord[];
  readonly files: readonly FileResult[];
  readonly verdict: { readonly exit: number; readonly reasons: readonly string[] };
}

/**
 * Writes the report of a run, without secrets: to a directory of results, with the log of the
 * platform if a test failed or the platform has ended, to the file that `E2E_JUNIT` names, and to
 * GitHub Actions where it runs. Returns the lines about it.
 */
export function writeReport(root: string, directory: string, run: ReportedRun): string[] {
  const notes: string[] = [];
  const { env } = process;
  const attempt = (name: string, write: () => void): void => {
    try {
      write();
    } catch (error) {
      notes.push(colors.red(`${name} is not written: ${messageOf(error)}`));
    }
  };
  const note = (line: string): void => void notes.push(line);
  const { facts } = run;
  const withoutSecrets = redactionOf(facts);
  const kept = keepIfRed(directory, run, { note, withoutSecrets });
  const model = redactTexts(modelOf(root, directory, run, { note, withoutSecrets, kept }), withoutSecrets);
  attempt('the report', () => note(`Report:      ${projectPath(root, writeReportFiles(directory, model, root))}`));
  if (kept !== null) keptLogLines(root, kept).forEach(note);
  if (env.E2E_JUNIT) attempt(`E2E_JUNIT=${env.E2E_JUNIT}`, () => writeJunit(resolve(env.E2E_JUNIT!), model));
  if (env.GITHUB_ACTIONS === 'true') {
    process.stderr.write(`\n${githubReport(model)}`);
    const unwritten = appendStepSummary(env, summaryText(model));
    if (unwritten !== null) notes.push(colors.red(unwritten));
  }
  return notes;
}

/** Null: the run is not red, or its log is not accessible. */
function keepIfRed(
  directory: string,
  { facts, verdict }: ReportedRun,
  { note, withoutSecrets }: Omit<ModelSources, 'kept'>,
): KeptLog | null {
  const isRed = verdict.exit === EXIT_CODES.testFailed || hasTargetEnded(facts);
  if (facts.log === null || !isRed) return null;
  try {
    return keepLog(facts.log, directory, facts.run, withoutSecrets);
  } catch (error) {
    note(colors.red(`the log is not written: ${messageOf(error)}`));
    return null;
  }
}

function writeJunit(path: string, model: RunModel): void {
  makeDirectory(dirname(path));
  writeFileSync(path, junitReport(model));
}

interface ModelSources {
  readonly note: (line: string) => void;
  readonly withoutSecrets: Redact;
  /** The platform's log, where it is kept. */
  readonly kept: KeptLog | null;
}

function modelOf(
  root: string,
  directory: string,
  { facts, records, files, verdict }: ReportedRun,
  { note, withoutSecrets, kept }: ModelSources,
): RunModel {
  const logged = kept !== null && hasTargetEnded(facts) ? describeLogText(kept.text) : '';
  const failures = [...failuresOf(facts), ...unrecordedFailures(records, files, logged)];
  return buildRunModel({
    root,
    facts,
    records,
    failures: failures.map((failure) => ({
      ...redactTexts(failure, withoutSecrets), // before the model cuts a text, possibly in a secret
      frames: failure.frames, // whole in the model, which reads their paths
    })),
    scenarios: readScenarios(root),
    settings: runSettings(process.env),
    ...(facts.kind === 'started' && { candidatesOf: readCandidates(root) }),
    past: readPastRecords(directory, facts.run, note),
    verdict: { exit: verdict.exit, reasons: [...verdict.reasons, ...failuresOutside(files, root)] },
    reasonOf: (record) => reasonOf(facts, record),
  });
}

/** None where the records went with the platform. */
const failuresOf = ({ records }: RunFacts): FailureRecord[] => (existsSync(records) ? readFailures(records) : []);

function reasonOf(facts: RunFacts, record: TestRecord): string {
  if (record.class === 'known red') return knownRedReason(facts, record);
  return record.class === 'not proven' ? notProvenReason(facts, record) : '';
}

/**
 * Of tests whose record has no start: a limit of Jest, a process that ended. `logged`: the errors
 * of a platform that has ended.
 */
const unrecordedFailures = (
  records: readonly TestRecord[],
  files: readonly FileResult[],
  logged: string,
): FailureRecord[] =>
  records.flatMap(({ id, title, class: result, from }) => {
    if (result !== 'failed' || from !== undefined) return [];
    const test = files.flatMap(({ testResults }) => testResults).find((each) => each.title === `${id} ${title}`);
    const [message = '', ...frames] = stripVTControlCharacters(test?.failureMessages.join('\n\n') ?? '').split(
      /\n(?=\s+at )/,
    );
    return [{ id, error: message, frames, requests: [], executions: [], logged, host: '' }];
  });

/** What failed and is no scenario: a file outside its tests, and tests of other parts. */
const failuresOutside = (files: readonly FileResult[], root: string): string[] =>
  files.flatMap(({ testFilePath, testResults, failureMessage, testExecError }) => {
    const file = projectPath(root, testFilePath);
    const failed = isScenario(file) ? [] : testResults.filter(({ status }) => status === 'failed');
    const isBroken = testExecError !== undefined || testResults.length === 0;
    return [
      ...(isBroken && failureMessage ? [`${file} could not be run: ${firstLine(failureMessage)}`] : []),
      ...failed.map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages[0] ?? '')}`),
    ];
  });

const isScenario = (file: string): boolean => file.startsWith('tests/e2e/tier') || isSystemTestFile(file);
