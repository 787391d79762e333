import { writePage, PERFORMANCE_PAGE, type BenchReport } from '../tools/bench/performance-page';
import { thisMachine } from '../tools/bench/machine';
import type { Measurement, Benchmark } from '../tools/bench/benchmark';
import { BENCHMARKS } from '../tools/bench/benchmarks';
import { beyondLimits } from '../tools/bench/limits';
import { formatTable } from '../tools/bench/table';
import { EXIT_CODES } from '../contract/errors';
import { Interrupted } from '../helpers/errors';
import { TargetError } from '../helpers/target/target-error';
import { CommandError, usageError } from './failures';
import { interruptible } from './stop-cause';

/** Parsed options: those that were not given are absent. */
export interface BenchFlags {
  readonly json?: true;
  readonly runs?: number;
  readonly write?: true;
}

/**
 * Runs benchmarks and prints their results. Ctrl-C stops the platform that is measured. Exit 1:
 * a result is beyond a limit that decides.
 */
export async function bench(names: readonly string[], flags: BenchFlags, root: string): Promise<void> {
  const benchmarks = selectBenchmarks(names);
  if (flags.write && benchmarks.length < BENCHMARKS.length) {
    throw usageError(`--write replaces ${PERFORMANCE_PAGE} as a whole: use it without the names of benchmarks`);
  }
  const facts = {
    command: commandLine(names, flags),
    date: new Date().toISOString().slice(0, 10),
    machine: thisMachine(),
  };
  await interruptible('the platform that was measured has ended, and no result is kept', async (stop) => {
    const measurements = await measure(benchmarks, flags, stop);
    const report: BenchReport = { ...facts, measurements };
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${formatTable(measurements)}\n`);
    if (flags.write) writePage(root, report);
    const beyond = beyondLimits(measurements);
    if (beyond.length > 0) throw new CommandError(beyond.join('\n'), EXIT_CODES.testFailed);
  });
}

function selectBenchmarks(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown === undefined) return BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
  const known = BENCHMARKS.map(({ name }) => name).join(', ');
  throw usageError(`unknown benchmark "${unknown}": use ${known}`);
}

async function measure(
  benchmarks: readonly Benchmark[],
  { runs }: BenchFlags,
  stop: AbortSignal,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const benchmark of benchmarks) {
    const reportProgress = (line: string): void => void process.stderr.write(`  ${line}\n`);
    process.stderr.write(`${benchmark.name}: ${benchmark.about}\n`);
    if (stop.aborted) throw new Interrupted();
    const request = { runs: runs ?? benchmark.runs, reportProgress, stop };
    measurements.push(...(await benchmark.measure(request).catch(asCommandError)));
  }
  return measurements;
}

function asCommandError(error: unknown): never {
  throw error instanceof TargetError ? new CommandError(error.message) : error;
}

const commandLine = (names: readonly string[], { runs, write }: BenchFlags): string =>
  [
    'npx tuningfork bench',
    ...names,
    ...(runs === undefined ? [] : [`--runs ${runs}`]),
    ...(write ? ['--write'] : []),
  ].join(' ');
