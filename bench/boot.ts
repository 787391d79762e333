import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../helpers/root';
import { inSeconds, median } from './percentiles';
import type { Question } from './question';
import { withPlatform } from './stand';

const LAUNCHER = join(repositoryRoot(), 'bin/tuningfork.js');

/** From the start of its process to the first accepted request, ms. */
async function bootMs(stop: AbortSignal): Promise<number> {
  const began = performance.now();
  return withPlatform(stop, async (client) => {
    await client.auth.me();
    return performance.now() - began;
  });
}

/** The same launcher with nothing to start: bundling the sources and loading them, ms. */
const launcherMs = (): Promise<number> =>
  new Promise((done, refuse) => {
    const began = performance.now();
    spawn(process.execPath, [LAUNCHER, '--version'], { stdio: 'ignore' })
      .once('error', refuse)
      .once('close', () => done(performance.now() - began));
  });

export const boot: Question = {
  name: 'boot',
  about: 'a platform from nothing: process, PostgreSQL, tables, API, executor, one worker, log-in',
  runs: 5,
  measure: async ({ runs, say, stop }) => {
    const boots: number[] = [];
    const launches: number[] = [];
    for (let n = 1; n <= runs; n++) {
      launches.push(await launcherMs());
      boots.push(await bootMs(stop));
      say(`boot ${n} of ${runs}: ${inSeconds(boots.at(-1)!)}`);
    }
    const worst = Math.max(...boots);
    return [
      {
        what: 'platform boot, cold, to the first accepted request',
        measured: `${inSeconds(median(boots))} (worst of ${runs}: ${inSeconds(worst)})`,
        floor: '3 s',
        reach: '1.5 s',
        beside: `launcher alone ${inSeconds(median(launches))}`,
        figures: { p50_ms: median(boots), worst_ms: worst, launcher_ms: median(launches) },
      },
    ];
  },
};
