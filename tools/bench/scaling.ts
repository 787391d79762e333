import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Client } from '../../helpers/client/client';
import type { RunningPlatform } from '../../contract/platform-file';
import { spawnPlatform, type PlatformProcess } from '../../helpers/target/start/spawn-platform';
import { suiteSettings } from '../../helpers/target/start/suite-settings';
import { PACK, UNREACHABLE_REGISTRIES, withPack } from './bench-platform';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { burstMs } from './burst';
import { median } from './percentiles';

const COUNTS = [1, 2, 4];
const BURST = 200;
const KINDS = [
  { action: 'core.noop', what: 'built-in actions (no process)' },
  { action: `${PACK}.shell`, what: 'a shell process per action' },
] as const;

/** One more executor and worker beside a platform, on its database and files. */
async function startBeside({ url, database_url, directory }: RunningPlatform): Promise<PlatformProcess> {
  const stack = ['--join', '--database-url', database_url, '--data', directory];
  const child = spawnPlatform(suiteSettings(UNREACHABLE_REGISTRIES), [
    ...stack,
    ...['--roles', 'executor,worker', '--api-url', url],
  ]);
  child.stderr.resume();
  const ready = once(createInterface(child.stdout), 'line');
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`an executor beside the platform ended with ${String(code)}`);
  });
  ended.catch(() => undefined); // its normal end
  await Promise.race([ready, ended]);
  return child;
}

async function stopProcess(child: PlatformProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.stdin.end();
  await exited;
}

async function measureRate(client: Client, action: string, { runs }: BenchmarkRun): Promise<number> {
  const rates: number[] = [];
  await burstMs(client, action, BURST / 10); // fills caches and connections
  for (let n = 1; n <= runs; n++) rates.push((BURST / (await burstMs(client, action, BURST))) * 1_000);
  return median(rates);
}

/** For each number of processes, the rate of each kind. */
async function measureAll(client: Client, running: RunningPlatform, run: BenchmarkRun): Promise<number[][]> {
  const others: PlatformProcess[] = [];
  const rates: number[][] = [];
  try {
    for (const count of COUNTS) {
      while (others.length < count - 1) others.push(await startBeside(running));
      const row: number[] = [];
      for (const { action } of KINDS) row.push(await measureRate(client, action, run));
      rates.push(row);
      run.reportProgress(`${count} processes: ${row.map((rate) => `${rate.toFixed(0)}/s`).join(', ')}`);
    }
    return rates;
  } finally {
    await Promise.all(others.map(stopProcess));
  }
}

const measurement = (what: string, rates: readonly number[]): Measurement => {
  const ratios = rates.map((rate) => rate / rates[0]!);
  return {
    title: `throughput, ${what}, ${COUNTS.join(', ')} executors with a worker each`,
    result: rates.map((rate, index) => `${rate.toFixed(0)}/s (${ratios[index]!.toFixed(2)})`).join(', '),
    limit: '–',
    goal: '–',
    baseline: 'the first; one API and one PostgreSQL',
    figures: Object.fromEntries(COUNTS.map((count, index) => [`of_${count}_ratio`, ratios[index]!])),
  };
};

export const scalingBenchmark: Benchmark = {
  name: 'scaling',
  about: `${BURST} built-in and ${BURST} shell actions, with ${COUNTS.join(', ')} executors and workers on one database`,
  runs: 3,
  measure: (run) =>
    withPack(run.stop, async (client, running) => {
      const rates = await measureAll(client, running, run);
      return KINDS.map(({ what }, kind) =>
        measurement(
          what,
          rates.map((row) => row[kind]!),
        ),
      );
    }),
};
