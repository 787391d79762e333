import type { Client } from '../../helpers/client/client';
import { WORKER_SLOTS } from '../../helpers/target/start/suite-settings';
import { bareSpawnRate, barePrograms } from './bare-spawn';
import { burstMs } from './burst';
import { median } from './percentiles';
import type { Measurement, Benchmark, BenchmarkRun } from './benchmark';
import { PACK, withPack } from './bench-platform';
import type { QueueEngine } from './references/reference-engine';
import { startGraphile } from './references/graphile';
import { withEngine } from './references/with-engine';

const BUILT_IN_COUNT = 2_000;
const PROCESS_COUNT = 500;
const QUEUE_COUNT = 10_000;

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

async function measureBuiltIn(client: Client, queue: QueueEngine, run: BenchmarkRun): Promise<Measurement> {
  const rate = median(await measureRates(client, 'core.noop', BUILT_IN_COUNT, run));
  const queueRate = (QUEUE_COUNT / (await queue.burstMs(QUEUE_COUNT))) * 1_000;
  return {
    title: 'throughput, built-in actions (no process), 1 worker',
    result: formatRate(rate),
    limit: '400/s',
    goal: '1,500/s',
    baseline: `${queue.name}, jobs: ${formatRate(queueRate)}`,
    figures: { per_second: rate, graphile_per_second: queueRate },
  };
}

async function measureProcesses(client: Client, run: BenchmarkRun): Promise<Measurement> {
  const bareRate = await bareSpawnRate(barePrograms().shell, PROCESS_COUNT, WORKER_SLOTS);
  const rate = median(await measureRates(client, `${PACK}.shell`, PROCESS_COUNT, run));
  return {
    title: 'throughput, a shell process per action, 1 worker',
    result: formatRate(rate),
    limit: '100/s',
    goal: '280/s',
    baseline: `bare spawns, ${WORKER_SLOTS} at once: ${formatRate(bareRate)}; ratio ${(bareRate / rate).toFixed(1)}`,
    figures: { per_second: rate, bare_per_second: bareRate, bare_ratio: bareRate / rate },
  };
}

async function measureTwoWorkers(client: Client, oneWorker: Measurement, run: BenchmarkRun): Promise<Measurement> {
  const rate = median(await measureRates(client, `${PACK}.shell`, PROCESS_COUNT, run));
  const ratio = rate / oneWorker.figures.per_second!;
  return {
    title: 'throughput, a shell process per action, 2 workers',
    result: `${formatRate(rate)}; ratio ${ratio.toFixed(2)}`,
    limit: '–',
    goal: 'ratio 1',
    baseline: `1 worker ${oneWorker.result}`,
    figures: { per_second: rate, one_worker_ratio: ratio },
  };
}

async function measureOneWorker(run: BenchmarkRun): Promise<readonly [Measurement, Measurement]> {
  return withPack(run.stop, (client, { database_url }) =>
    withEngine(startGraphile, database_url, async (graphile) => [
      await measureBuiltIn(client, graphile, run),
      await measureProcesses(client, run),
    ]),
  );
}

export const throughputBenchmark: Benchmark = {
  name: 'throughput',
  about: `${BUILT_IN_COUNT} built-in and ${PROCESS_COUNT} shell actions, started as fast as the API accepts them`,
  runs: 3,
  measure: async (run) => {
    const [builtIn, processes] = await measureOneWorker(run);
    const twoWorkers = (client: Client) => measureTwoWorkers(client, processes, run);
    return [builtIn, processes, await withPack(run.stop, twoWorkers, { PLATFORM_WORKERS: '2' })];
  },
};
