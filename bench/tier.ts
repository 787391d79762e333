import { spawn } from 'node:child_process';
import { repositoryRoot } from '../helpers/root';
import { inSeconds, median } from './percentiles';
import type { Question } from './question';
import { Interrupted } from './stand';

/** Wall time of the command as a user types it, ms. Throws when the tier is not green. */
function tierMs(stop: AbortSignal): Promise<number> {
  return new Promise((done, refuse) => {
    const began = performance.now();
    // In a group of its own: a signal that reaches only the npx wrapper does not reach Jest.
    const child = spawn('npx', ['jest', 'tests/e2e/tier2'], {
      cwd: repositoryRoot(),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const interrupt = () => process.kill(-child.pid!, 'SIGINT');
    if (stop.aborted) interrupt();
    stop.addEventListener('abort', interrupt, { once: true });
    child.once('error', refuse);
    child.once('close', (code) => {
      stop.removeEventListener('abort', interrupt);
      if (stop.aborted) refuse(new Interrupted());
      else if (code === 0) done(performance.now() - began);
      else refuse(new Error(`npx jest tests/e2e/tier2 ended with ${String(code)}:\n${said.join('').slice(-2_000)}`));
    });
  });
}

export const tier: Question = {
  name: 'tier',
  about: 'npx jest tests/e2e/tier2, start of the platform and its probes included',
  runs: 3,
  measure: async ({ runs, say, stop }) => {
    const lengths: number[] = [];
    for (let n = 1; n <= runs; n++) {
      lengths.push(await tierMs(stop));
      say(`tier 2, ${n} of ${runs}: ${inSeconds(lengths.at(-1)!)}`);
    }
    const worst = Math.max(...lengths);
    return [
      {
        what: 'tier 2, wall time of `npx jest tests/e2e/tier2`',
        measured: `${inSeconds(median(lengths))} (worst of ${runs}: ${inSeconds(worst)})`,
        floor: '45 s',
        reach: '20 s',
        beside: '–',
        figures: { p50_ms: median(lengths), worst_ms: worst },
      },
    ];
  },
};
