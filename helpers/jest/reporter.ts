import { appendFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { budgetOf, readCensus } from '../census';
import { declarationsOf } from '../declarations';
import { messageOf } from '../errors';
import { paint } from '../evidence';
import { readRecords, RESULT_CLASSES, type ClaimRecord } from '../records';
import type { PythonPins } from '../python-source';
import { findRun, type RunFacts } from '../run';
import { judgeRun } from './verdict';

/** What we use of Jest's aggregated result. */
interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: {
    testFilePath: string;
    perfStats: { runtime: number };
    testResults: { status: string; title: string; duration?: number | null }[];
  }[];
}

const ROOT = resolve(__dirname, '../..');
/** A file that takes this many times its budget is named. */
const SLOW = 1.5;

/** After Jest's own report: what was proven, what was not and why, and the exit code that follows from it. */
export class Reporter {
  constructor(private readonly config: { testNamePattern?: string }) {}

  onRunComplete(_: unknown, results: Results): void {
    const run = findRun();
    const records = run ? withUnrecorded(this.recordsOf(run), results) : [];
    const expected = run ? declarationsOf(run.name).notProven : [];
    const counts = { passed: results.numPassedTests, failed: results.numFailedTests + results.numFailedTestSuites };
    const wrong = run?.contradictions ?? [];
    const { exit, reasons } = judgeRun(counts, records, {
      expected,
      wrong,
      requireLive: process.env.REQUIRE_LIVE === '1',
    });
    const lines = run ? [summary(run, records), ...slowFiles(results), keep(run, records)] : [];
    process.stderr.write([...lines, ...reasons.map((reason) => paint.red(reason)), ''].join('\n'));
    if (exit !== 0) process.exitCode = exit;
  }

  /** Without those that `-t` filtered out: what is not proven registers before the filter speaks. */
  private recordsOf({ directory }: RunFacts): ClaimRecord[] {
    const { testNamePattern } = this.config;
    const wanted = testNamePattern ? new RegExp(testNamePattern, 'i') : /^/;
    return readRecords(directory).filter(({ id, title }) => wanted.test(`${id} ${title}`));
  }
}

/** Jest knows of failures that left no record: a limit that was hit, a worker that died. */
function withUnrecorded(records: readonly ClaimRecord[], results: Results): ClaimRecord[] {
  const census = readCensus(ROOT);
  const lost = results.testResults
    .flatMap((file) => file.testResults)
    .filter(({ status }) => status === 'failed')
    .flatMap(({ title, duration }): ClaimRecord[] => {
      const line = census.find(({ id }) => title.startsWith(`${id} `));
      if (!line || records.some(({ id }) => id === line.id)) return [];
      const { id, budget } = line;
      const measured = { seconds: (duration ?? 0) / 1_000, latencyMs: 0, jitterMs: 0 };
      return [{ id, title: title.slice(id.length + 1), class: 'failed', budget, ...measured, missing: [] }];
    });
  return [...records, ...lost];
}

function summary(run: RunFacts, records: readonly ClaimRecord[]): string {
  const columns = RESULT_CLASSES.map((name) => `${name} ${records.filter((record) => record.class === name).length}`);
  const latency = `L ${run.latency.runMs.toFixed(0)} ms, load factor ${run.loadFactor.toFixed(1)}`;
  const missing = records
    .filter((record) => record.missing.length > 0)
    .map(({ id, class: outcome, missing: lacks }) => {
      const part = outcome === 'not proven' ? '' : ' in one line';
      return `NOT PROVEN ${id}${part} (${lacks.join(', ')})`;
    });
  return [
    `Claims:      ${columns.join(', ')}`,
    `Target:      ${run.platform} (${run.kind}), ${latency}`,
    ...(run.python ? [`Packages:    ${packagesOf(run.python)}`] : []),
    ...missing,
  ].join('\n');
}

const packagesOf = ({ from, http, yaml }: PythonPins): string => {
  const pins = [http, yaml].map(({ name, version }) => `${name} ${version}`).join(', ');
  return from === 'index'
    ? `${pins}, as a package index gave them`
    : `${pins}, the suite's own (no package index answered)`;
};

function slowFiles(results: Results): string[] {
  const census = readCensus(ROOT);
  return results.testResults.flatMap(({ testFilePath, perfStats }) => {
    const budget = budgetOf(census, testFilePath);
    const seconds = perfStats.runtime / 1_000;
    if (budget === 0 || seconds <= SLOW * budget) return [];
    return [
      `Slow:        ${testFilePath.slice(ROOT.length + 1)} took ${seconds.toFixed(1)} s of ${budget.toFixed(1)} s`,
    ];
  });
}

/** One line a claim in `results/<run>.jsonl`, where this clone can be written. */
function keep(run: RunFacts, records: readonly ClaimRecord[]): string {
  const path = join('results', `${run.run}.jsonl`);
  try {
    mkdirSync(join(ROOT, 'results'), { recursive: true });
    appendFileSync(join(ROOT, path), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    return `Results:     ${path}`;
  } catch (error) {
    return `Results:     not kept (${messageOf(error)})`;
  }
}
