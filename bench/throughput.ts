import type { Client } from '../helpers/client/client';
import { bareSpawnRate, barePrograms } from './bare-spawn';
import { burstMs } from './burst';
import { median } from './percentiles';
import type { Measurement, Benchmark, BenchmarkRun } from './benchmark';
import { PACK, withPack } from './bench-platform';

const BUILT_IN_COUNT = 2_000;
const PROCESS_COUNT = 500;
/** Executions that the platform's worker runs at once. */
const SLOTS = 24;

const formatRate = (rate: number): string => `${rate.toFixed(0)}/s`;

async function measureRates(
  client: Client,
  action: string,
  count: number,
  { runs, reportProgress }: BenchmarkRun,
): Promise<number[]> {
  const rates: number[] = [];
  await burstMs(client, action, Math.ceil(count / 10)); // fills caches and connections
  for (let n = 1; n <= runs; n++) {
    rates.push((count / (await burstMs(client, action, count))) * 1_000);
    reportProgress(`${action}, ${count} executions, ${n} of ${runs}: ${formatRate(rates.at(-1)!)}`);
  }
  return rates;
}

async function measureBuiltIn(client: Client, run: BenchmarkRun): Promise<Measurement> {
  const rate = median(await measureRates(client, 'core.noop', BUILT_IN_COUNT, run));
  return {
    title: 'throughput, built-in actions (no process), 1 worker',
    result: formatRate(rate),
    limit: '400/s',
    goal: '1,500/s',
    baseline: 'no process',
    figures: { per_second: rate },
  };
}

async function measureProcesses(client: Client, run: BenchmarkRun): Promise<Measurement> {
  const bareRate = await bareSpawnRate(barePrograms().shell, PROCESS_COUNT, SLOTS);
  const rate = median(await measureRates(client, `${PACK}.shell`, PROCESS_COUNT, run));
  return {
    title: 'throughput, a shell process per action, 1 worker',
    result: formatRate(rate),
    limit: '100/s',
    goal: '200/s',
    baseline: `bare spawns, ${SLOTS} at once: ${formatRate(bareRate)}; ratio ${(bareRate / rate).toFixed(1)}`,
    figures: { per_second: rate, bare_per_second: bareRate, bare_ratio: bareRate / rate },
  };
}

export const throughputBenchmark: Benchmark = {
  name: 'throughput',
  about: `${BUILT_IN_COUNT} built-in and ${PROCESS_COUNT} shell actions, started as fast as the API accepts them`,
  runs: 3,
  measure: (run) =>
    withPack(run.stop, async (client) => [await measureBuiltIn(client, run), await measureProcesses(client, run)]),
};
