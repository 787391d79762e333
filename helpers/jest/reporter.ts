import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { fileBudgetSeconds, readCensus, type CensusLine } from '../scenario/census';
import { messageOf } from '../errors';
import { repositoryRoot } from '../repository-root';
import { colors } from '../colors';
import { modelPath } from '../run-report/report-files';
import { readRecords, type TestRecord } from '../scenario/test-records';
import { findRunFacts, type RunFacts } from '../target/run-facts';
import { isArmFinding } from '../target/arm-findings';
import { switchFindings } from '../target/run-switches';
import { suiteFindings } from '../target/start/suite-settings';
import { targetFilePath } from '../target/target-file';
import { evaluateRun } from './run-verdict';
import { projectPath, readLastRunIfValid, writeLastRun } from './last-run';
import { loadLines } from './load-lines';
import { postRun } from './post-run';
import { writeReport, type ReportedRun } from './write-report';
import { requestLines } from './request-lines';
import { resultsDirectory } from './results-directory';
import { summaryLines } from './summary-lines';
import { worstLines, type Exceeded } from './worst-lines';
import type { FileResult } from './file-result';

/** The part of Jest's aggregated result that the reporter reads. */
interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: FileResult[];
}

const ROOT = repositoryRoot();
/** A file slower than this multiple of its budget is named. */
const SLOW_FACTOR = 1.5;

/** The part of Jest's configuration of a run that the reporter reads. */
interface RunConfig {
  readonly testNamePattern?: string;
  readonly watch?: boolean;
  readonly watchAll?: boolean;
}

/**
 * Prints, after Jest's own report, what was proven, what not and why; sets the exit code. Posts
 * the report of the scenarios to the hub of HUB_URL, unless `-t` or a watch has selected them.
 */
export class Reporter {
  constructor(private readonly config: RunConfig) {}

  async onRunComplete(_: unknown, results: Results): Promise<void> {
    const run = findRunFacts();
    const census = run ? readCensus(ROOT) : [];
    const records = run ? withUnrecorded(this.recordsOf(run), results, census) : [];
    const counts = { passed: results.numPassedTests, failed: results.numFailedTests + results.numFailedTestSuites };
    const { exit, reasons } = evaluateRun(counts, records, {
      targetFile: run ? targetFilePath(run.name) : '',
      expectedNotProven: Object.keys(run?.declarations.notProven ?? {}),
      known: run?.declarations.known ?? [],
      startedOn: run?.startedOn ?? '',
      contradictions: run?.contradictions ?? [],
      requireLive: run?.switches.requireLive ?? false,
      undecided: run?.undecided ?? [],
      missingHere: run ? missingHere(run) : [],
    });
    const verdict = { exit: counts.failed > 0 ? EXIT_CODES.testFailed : exit, reasons };
    const lines = [
      ...(run ? [...summaryLines(run, records), ...(await loadLines(run, records))] : []),
      ...(run ? [...slowFiles(results, census), ...requestLines(run, records, census)] : []),
      ...this.writeResults(results, run && { facts: run, records, files: results.testResults, verdict }),
    ];
    process.stderr.write(terminalText([...lines, ...reasons.map((reason) => colors.red(reason)), ''].join('\n')));
    if (exit !== 0) exitWith(exit);
    if (run && this.isPosted()) {
      const report = modelPath(resultsDirectory(ROOT, process.env), run.run);
      process.stderr.write(`${terminalText(await postRun(ROOT, report))}\n`);
    }
  }

  private isPosted(): boolean {
    const { testNamePattern, watch, watchAll } = this.config;
    return Boolean(process.env.HUB_URL) && !testNamePattern && !watch && !watchAll;
  }

  /** Writes the directory of results, if the clone is writable. Returns lines about it. */
  private writeResults(results: Results, run: ReportedRun | null): string[] {
    const directory = resultsDirectory(ROOT, process.env);
    const notes: string[] = [];
    const finished = { files: results.testResults, root: ROOT, isPartial: Boolean(this.config.testNamePattern) };
    try {
      writeLastRun(
        directory,
        readLastRunIfValid(directory, (line) => notes.push(line)),
        finished,
      );
      if (run) notes.push(appendRecords(directory, run.facts, run.records));
    } catch (error) {
      notes.push(`Results:     not written (${messageOf(error)})`);
    }
    return [...notes, ...(run ? writeReport(ROOT, directory, run) : withoutReport(process.env))];
  }

  /**
   * Without tests that `-t` excludes: records of unproven tests are written before Jest applies
   * the filter.
   */
  private recordsOf(run: RunFacts): TestRecord[] {
    if (!existsSync(run.records)) return []; // gone with the platform
    const { testNamePattern } = this.config;
    const titlePattern = testNamePattern ? new RegExp(testNamePattern, 'i') : /^/;
    return readRecords(run.records).filter(
      ({ id, title }) => titlePattern.test(`${id} ${title}`) || titlePattern.test(title),
    );
  }
}

/**
 * Instead of Jest's own codes: 0, which --forceExit sets, and 1. A verdict of its own means that
 * no test failed, so that something beside the tests did: another reporter, a file of Jest.
 */
const exitWith = (code: number): void =>
  void process.once('exit', (current) => {
    if (current === EXIT_CODES.done || current === EXIT_CODES.testFailed) process.exitCode = code;
  });

/** Adds failures that only Jest observed: an exceeded limit, a dead worker. */
function withUnrecorded(records: readonly TestRecord[], results: Results, census: readonly CensusLine[]): TestRecord[] {
  const unrecorded = results.testResults
    .flatMap((file) => file.testResults)
    .filter(({ status }) => status === 'failed')
    .flatMap(({ title, duration }): TestRecord[] => {
      const entry = census.find(({ id }) => title.startsWith(`${id} `));
      if (!entry || records.some(({ id }) => id === entry.id)) return [];
      const { id, budget } = entry;
      const measured = { seconds: (duration ?? 0) / 1_000, latencyMs: 0, jitterMs: 0 };
      return [{ id, title: title.slice(id.length + 1), class: 'failed', budget, ...measured, missing: [] }];
    });
  return [...records, ...unrecorded];
}

/** Needs that the variables of the run, its arms and its keys decide about. */
function missingHere({ kind, absences, switches }: RunFacts): string[] {
  const findings = { ...switchFindings(switches), ...(kind === 'started' && suiteFindings(process.env)) };
  return Object.keys(absences).filter((name) => isArmFinding(name) || Object.hasOwn(findings, name));
}

/** Only scenarios are in a report. */
const withoutReport = ({ E2E_JUNIT: path }: NodeJS.ProcessEnv): string[] =>
  path ? [colors.red(`E2E_JUNIT=${path} is not written: no scenario ran`)] : [];

function slowFiles(results: Results, census: readonly CensusLine[]): string[] {
  const slow = results.testResults.flatMap(({ testFilePath, perfStats }): Exceeded[] => {
    const budget = fileBudgetSeconds(census, testFilePath);
    const seconds = perfStats.runtime / 1_000;
    if (budget === 0 || seconds <= SLOW_FACTOR * budget) return [];
    const file = testFilePath.slice(ROOT.length + 1);
    const text = `Slow:        ${file} took ${seconds.toFixed(1)} s of ${budget.toFixed(1)} s`;
    return [{ factor: seconds / budget, text }];
  });
  return worstLines(
    slow,
    (count) => `Slow:        ${count} more files took longer than ${SLOW_FACTOR} of their budget`,
  );
}

/** Appends one line per record to `<run>.jsonl`. Throws what the file system throws. */
function appendRecords(directory: string, { run }: RunFacts, records: readonly TestRecord[]): string {
  const path = join(directory, `${run}.jsonl`);
  appendFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return `Results:     ${projectPath(ROOT, path)}`;
}
