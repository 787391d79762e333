import { spawn } from 'node:child_process';
import type { Client } from '../../helpers/client/client';
import { burstMs } from './burst';
import { bareSpawnRate, barePrograms } from './bare-spawn';
import { formatMs, latencyPercentiles, median } from './percentiles';
import type { Benchmark, BenchmarkRun, Measurement } from './benchmark';
import { PACK, runToCompletion, withPack } from './bench-platform';

const BURNERS = 4;
const BURST = 300;
const SINGLE_RUNS = 50;
/** Concurrent bare spawns. */
const SPAWNS = 24;

/** Runs `body` while processes that never wait use all processors. */
async function withBurners<T>(body: () => Promise<T>): Promise<T> {
  const burners = Array.from({ length: BURNERS }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    return await body();
  } finally {
    for (const burner of burners) burner.kill('SIGKILL');
  }
}

async function measureBusy(client: Client, { runs, reportProgress }: BenchmarkRun): Promise<Measurement[]> {
  const action = `${PACK}.shell`;
  const rates: number[] = [];
  const times: number[] = [];
  for (let n = 1; n <= runs; n++) {
    rates.push((BURST / (await burstMs(client, action, BURST))) * 1_000);
    for (let single = 0; single < SINGLE_RUNS; single++) {
      const startedAt = performance.now();
      await runToCompletion(client, action);
      times.push(performance.now() - startedAt);
    }
    reportProgress(`busy host, ${n} of ${runs}: ${rates.at(-1)!.toFixed(0)}/s`);
  }
  const bareRate = await bareSpawnRate(barePrograms().shell, BURST, SPAWNS);
  const [rate, { p50, p99 }] = [median(rates), latencyPercentiles(times)];
  const busy = `while ${BURNERS} processes use all processors`;
  return [
    {
      title: `throughput, a shell process per action, ${busy}`,
      result: `${rate.toFixed(0)}/s`,
      limit: '30/s',
      goal: '90/s',
      baseline: `bare spawns, ${SPAWNS} at once: ${bareRate.toFixed(0)}/s; ratio ${(bareRate / rate).toFixed(1)}`,
      figures: { per_second: rate, bare_per_second: bareRate, bare_ratio: bareRate / rate },
    },
    {
      title: `shell action, request → completed, p99, ${busy}`,
      result: `${formatMs(p99)}, p50 ${formatMs(p50)}`,
      limit: '–',
      goal: '–',
      baseline: '–',
      figures: { p50_ms: p50, p99_ms: p99 },
    },
  ];
}

export const busyHostBenchmark: Benchmark = {
  name: 'busy-host',
  about: `shell actions while ${BURNERS} processes use all processors`,
  runs: 2,
  measure: (run) => withPack(run.stop, (client) => withBurners(() => measureBusy(client, run))),
};
