import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { fileSync } from 'tmp';
import { readJestReport } from '../../helpers/jest/jest-report';
import { repositoryRoot } from '../../helpers/repository-root';
import { formatSeconds, median } from './percentiles';
import { endedChildrenCpuMs } from './process-usage';
import type { MeasurementPart, Benchmark } from './benchmark';
import { endGroupOnAbort } from '../../helpers/child-groups';
import { Interrupted } from '../../helpers/errors';

interface SuiteRun {
  readonly wallMs: number;
  /** Of all processes of the run. */
  readonly cpuMs: number;
  /** Of the database, for one test. */
  readonly transactions: number;
  readonly files: readonly MeasurementPart[];
}

/** Runs the command of a user. Throws when a test fails. */
async function runSuite(paths: readonly string[], stop: AbortSignal): Promise<SuiteRun> {
  const reportFile = fileSync({ prefix: 'tuningfork-bench-', postfix: '.json' });
  try {
    const cpuBefore = endedChildrenCpuMs();
    const { wallMs, stderr } = await runJest(['jest', ...paths, '--json', `--outputFile=${reportFile.name}`], stop);
    const transactions = Number(/transactions \d+, (\d+) a test/.exec(stderr)?.[1]);
    const cpuMs = endedChildrenCpuMs() - cpuBefore;
    const { testResults } = readJestReport(reportFile.name);
    const files = testResults.map(({ name, startTime, endTime }) => ({
      name: basename(name, '.test.ts'),
      result: formatSeconds(endTime - startTime),
    }));
    return { wallMs, cpuMs, transactions, files: files.sort((a, b) => a.name.localeCompare(b.name)) };
  } finally {
    reportFile.removeCallback();
  }
}

interface JestRun {
  readonly wallMs: number;
  readonly stderr: string;
}

function runJest(args: readonly string[], stop: AbortSignal): Promise<JestRun> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    // A process group of its own: a signal to npx alone would not stop Jest.
    const child = spawn('npx', args, {
      cwd: repositoryRoot(),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HUB_URL: '' },
    });
    const stderr: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
    endGroupOnAbort(child, stop);
    child.once('error', reject);
    child.once('close', (code) => {
      if (stop.aborted) reject(new Interrupted());
      else if (code === 0) resolve({ wallMs: performance.now() - startedAt, stderr: stderr.join('') });
      else reject(new Error(`npx ${args.join(' ')} exited with ${String(code)}:\n${stderr.join('').slice(-2_000)}`));
    });
  });
}

interface SuiteBenchmark {
  readonly name: string;
  readonly title: string;
  readonly paths: readonly string[];
  readonly limit: string;
  readonly goal: string;
  readonly runs: number;
  /** Runs before the measured ones: they fill the caches. */
  readonly warmUpRuns?: number;
}

const suiteBenchmark = ({
  name,
  title,
  paths,
  limit,
  goal,
  runs: defaultRuns,
  warmUpRuns = 0,
}: SuiteBenchmark): Benchmark => {
  const command = `npx jest ${paths.join(' ')}`;
  return {
    name,
    about: `${command}, including the start of the platform and its probes`,
    runs: defaultRuns,
    measure: async ({ runs, reportProgress, stop }) => {
      const suiteRuns: SuiteRun[] = [];
      for (let n = 1; n <= warmUpRuns; n++) await runSuite(paths, stop);
      for (let n = 1; n <= runs; n++) {
        suiteRuns.push(await runSuite(paths, stop));
        const { wallMs, cpuMs } = suiteRuns.at(-1)!;
        reportProgress(`${title}, ${n} of ${runs}: ${formatSeconds(wallMs)}, processor ${formatSeconds(cpuMs)}`);
      }
      const durations = suiteRuns.map(({ wallMs }) => wallMs);
      const [p50, worst] = [median(durations), Math.max(...durations)];
      const cpu = median(suiteRuns.map(({ cpuMs }) => cpuMs));
      const transactions = median(suiteRuns.map((run) => run.transactions));
      return [
        {
          title: `${title}, wall time of \`${command}\``,
          result: `${formatSeconds(p50)} (worst of ${runs}: ${formatSeconds(worst)}), processor ${formatSeconds(cpu)}, ${transactions} transactions a test`,
          limit,
          goal,
          baseline: '–',
          figures: { p50_ms: p50, worst_ms: worst, cpu_ms: cpu, transactions },
          parts: suiteRuns[durations.indexOf(p50)]!.files,
        },
      ];
    },
  };
};

export const fileBenchmark = suiteBenchmark({
  name: 'file',
  title: 'one file, not for the first time',
  paths: ['tests/e2e/tier2/t2-11-sequential-workflow'],
  limit: '20 s',
  goal: '3.5 s',
  runs: 3,
  warmUpRuns: 1,
});

export const tierBenchmark = suiteBenchmark({
  name: 'tier',
  title: 'tier 2, not for the first time',
  paths: ['tests/e2e/tier2'],
  limit: '60 s',
  goal: '30 s, processor 55 s',
  runs: 3,
  warmUpRuns: 1,
});

export const tiersBenchmark = suiteBenchmark({
  name: 'tiers',
  title: 'all tiers',
  paths: ['tests/e2e/tier1', 'tests/e2e/tier2', 'tests/e2e/tier3'],
  limit: '150 s',
  goal: '75 s',
  runs: 3,
  warmUpRuns: 1,
});
