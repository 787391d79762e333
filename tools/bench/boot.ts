import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../helpers/repository-root';
import { formatSeconds, median } from './percentiles';
import type { Benchmark } from './benchmark';
import { withBenchPlatform } from './bench-platform';

const LAUNCHER = join(repositoryRoot(), 'bin/tuningfork.js');

/** Time from the start of the process to the first accepted request, ms. */
async function bootMs(stop: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  return withBenchPlatform(stop, async (client) => {
    await client.auth.me();
    return performance.now() - startedAt;
  });
}

/** Time of the launcher alone: bundling and loading the sources, ms. */
const launcherMs = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now();
    spawn(process.execPath, [LAUNCHER, '--version'], { stdio: 'ignore' })
      .once('error', reject)
      .once('close', () => resolve(performance.now() - startedAt));
  });

export const bootBenchmark: Benchmark = {
  name: 'boot',
  about: 'the start of a new platform: PostgreSQL, tables, API, executor, one worker, login',
  runs: 5,
  measure: async ({ runs, reportProgress, stop }) => {
    const boots: number[] = [];
    const launches: number[] = [];
    for (let n = 1; n <= runs; n++) {
      launches.push(await launcherMs());
      boots.push(await bootMs(stop));
      reportProgress(`boot ${n} of ${runs}: ${formatSeconds(boots.at(-1)!)}`);
    }
    const worst = Math.max(...boots);
    return [
      {
        title: 'platform boot, cold, to the first accepted request',
        result: `${formatSeconds(median(boots))} (worst of ${runs}: ${formatSeconds(worst)})`,
        limit: '3 s',
        goal: '1 s',
        baseline: `launcher alone ${formatSeconds(median(launches))}`,
        figures: { p50_ms: median(boots), worst_ms: worst, launcher_ms: median(launches) },
      },
    ];
  },
};
