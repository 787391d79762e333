import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { readJestReport } from '../../helpers/jest/jest-report';
import { resultsDirectory } from '../../helpers/jest/results-directory';
import { usageError } from '../failures';
import { changedFiles, resolveBase } from '../git/changed-files';
import { interruptible } from '../stop-cause';
import { listTestFiles, runJest, UNPOSTED } from '../test/jest-process';
import { startBusyCores } from './busy-cores';
import { distributionOf, failures, type BurnInRun, type Load, type TestDistribution } from './distribution';
import { distributionLines } from './distribution-lines';
import { printNotice } from '../line-printer';

/** Parsed options: those that were not given are absent. */
export interface BurnInFlags {
  readonly changed?: true;
  readonly base?: string;
  readonly times: number;
  readonly json?: true;
}

/** A run that failed, and no test of it. */
interface FailedRun {
  readonly run: number;
  readonly load: Load;
  readonly exit: number;
  /** The last lines that it printed. */
  readonly output: string;
}

interface BurnInReport {
  readonly verdict: 'passed' | 'failed';
  readonly runs: number;
  readonly tests: readonly TestDistribution[];
  readonly failed_runs: readonly FailedRun[];
}

/**
 * Runs test files again and again, every second time with all cores busy, and prints which tests
 * failed, and how often. Each run is judged by itself: none is repeated. Exit 1: a run failed.
 * Throws CommandError, exit 2, where no file is named, or none matches.
 */
export async function burnIn(args: readonly string[], flags: BurnInFlags, root: string): Promise<void> {
  requireSelection(args, flags);
  await interruptible('Jest has ended, and the busy processes', async (stop) => {
    const only = flags.changed ? await changedTestFiles(root, flags.base ?? 'HEAD') : undefined;
    if (only?.length === 0) return;
    const files = await listTestFiles({ root, args, stop, ...(only && { only }) });
    if (files.length === 0) throw usageError(`NO_TEST_FILE: no test file matches ${args.join(' ')}`);
    printNotice(`${files.length} test files, ${flags.times} runs`);
    const directory = join(resultsDirectory(root, process.env), 'burn-in');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const report = await repeat({ root, args, stop, directory, times: flags.times, ...(only && { only }) });
    printReport(report, { root, directory, json: flags.json ?? false });
    if (report.verdict === 'failed') process.exitCode = EXIT_CODES.testFailed;
  });
}

function requireSelection(args: readonly string[], { changed, base }: BurnInFlags): void {
  if (base !== undefined && !changed)
    throw usageError('--base names what --changed compares with: use it with --changed');
  if (args.length === 0 && !changed) throw usageError('name the test files, or use --changed for new and changed ones');
}

/** Paths of the test files that differ from the base, or are new. */
async function changedTestFiles(root: string, revision: string): Promise<string[]> {
  const changed = await changedFiles(root, await resolveBase(root, revision));
  const files = changed.filter((file) => /^tests\/.*\.test\.ts$/.test(file) && existsSync(join(root, file)));
  printNotice(`test files that differ from ${revision}: ${files.length}`);
  return files;
}

interface Repetition {
  readonly root: string;
  /** Arguments of Jest. */
  readonly args: readonly string[];
  readonly only?: readonly string[];
  readonly stop: AbortSignal;
  readonly times: number;
  /** For the report and the output of each run. */
  readonly directory: string;
}

async function repeat(repetition: Repetition): Promise<BurnInReport> {
  const runs: BurnInRun[] = [];
  const failedRuns: FailedRun[] = [];
  for (let n = 1; n <= repetition.times; n++) {
    const load = n % 2 === 1 ? 'calm' : 'busy';
    const startedAt = performance.now();
    const { run, output } = await runOnce(repetition, n, load);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    printNotice(`run ${n} of ${repetition.times}, ${load}: exit ${run.exit} after ${seconds} s`);
    runs.push(run);
    const hasFailedTest = distributionOf([run]).some((test) => failures(test) > 0);
    if (run.exit !== 0 && !hasFailedTest) failedRuns.push({ run: n, load, exit: run.exit, output });
  }
  const verdict = runs.every(({ exit }) => exit === 0) ? 'passed' : 'failed';
  return { verdict, runs: runs.length, tests: distributionOf(runs), failed_runs: failedRuns };
}

const OUTPUT_LINES = 5;

/** `load` busy: with one process for each core that uses all of its time. */
async function runOnce(
  { root, args, only, stop, directory }: Repetition,
  n: number,
  load: Load,
): Promise<{ run: BurnInRun; output: string }> {
  const name = join(directory, `run-${n}-${load}`);
  const output = openSync(`${name}.txt`, 'w');
  const busy = load === 'busy' ? startBusyCores() : null;
  try {
    const exit = await runJest({
      root,
      stop,
      output,
      ...(only && { only }),
      env: { ...UNPOSTED, E2E_RESULTS: name },
      args: [...args, '--json', `--outputFile=${name}.json`],
    });
    const report = existsSync(`${name}.json`) ? readJestReport(`${name}.json`) : null;
    return { run: { load, exit, report }, output: lastLines(`${name}.txt`) };
  } finally {
    await busy?.stop();
    closeSync(output);
  }
}

const lastLines = (path: string): string =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-OUTPUT_LINES)
    .join('\n');

interface ReportOptions {
  readonly root: string;
  readonly directory: string;
  readonly json: boolean;
}

function printReport(report: BurnInReport, { root, directory, json }: ReportOptions): void {
  const failedRuns = report.failed_runs.map(
    ({ run, load, exit, output }) => `run ${run}, ${load}, exited with ${exit}, and no test failed:\n${output}`,
  );
  const lines = [...failedRuns, ...distributionLines(root, report.tests, report.runs)];
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${lines.join('\n')}\n`);
  if (report.verdict === 'failed') printNotice(`the output of each run is in ${relative(process.cwd(), directory)}`);
}
