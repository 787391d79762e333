import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileSync } from 'tmp';
import { repositoryRoot } from '../helpers/root';
import { inSeconds, median } from './percentiles';
import type { Part, Question } from './question';
import { Interrupted } from './stand';

/** What Jest writes of each file. Instants: epoch ms. */
interface JestReport {
  readonly testResults: readonly { readonly name: string; readonly startTime: number; readonly endTime: number }[];
}

interface Run {
  readonly wallMs: number;
  readonly files: readonly Part[];
}

/** The command as a user types it. Throws when a test is not green. */
async function run(paths: readonly string[], stop: AbortSignal): Promise<Run> {
  const report = fileSync({ prefix: 'tuningfork-bench-', postfix: '.json' });
  try {
    const wallMs = await wallMsOf(['jest', ...paths, '--json', `--outputFile=${report.name}`], stop);
    const { testResults } = JSON.parse(readFileSync(report.name, 'utf8')) as JestReport;
    const files = testResults.map(({ name, startTime, endTime }) => ({
      name: basename(name, '.test.ts'),
      measured: inSeconds(endTime - startTime),
    }));
    return { wallMs, files: files.sort((a, b) => a.name.localeCompare(b.name)) };
  } finally {
    report.removeCallback();
  }
}

function wallMsOf(args: readonly string[], stop: AbortSignal): Promise<number> {
  return new Promise((done, refuse) => {
    const began = performance.now();
    // In a group of its own: a signal that reaches only the npx wrapper does not reach Jest.
    const child = spawn('npx', args, {
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
      else refuse(new Error(`npx ${args.join(' ')} ended with ${String(code)}:\n${said.join('').slice(-2_000)}`));
    });
  });
}

interface Wanted {
  readonly name: string;
  readonly title: string;
  readonly paths: readonly string[];
  readonly floor: string;
  readonly reach: string;
  readonly runs: number;
}

const asking = ({ name, title, paths, floor, reach, runs: usually }: Wanted): Question => {
  const command = `npx jest ${paths.join(' ')}`;
  return {
    name,
    about: `${command}, start of the platform and its probes included`,
    runs: usually,
    measure: async ({ runs, say, stop }) => {
      const all: Run[] = [];
      for (let n = 1; n <= runs; n++) {
        all.push(await run(paths, stop));
        say(`${title}, ${n} of ${runs}: ${inSeconds(all.at(-1)!.wallMs)}`);
      }
      const lengths = all.map(({ wallMs }) => wallMs);
      const [p50, worst] = [median(lengths), Math.max(...lengths)];
      return [
        {
          what: `${title}, wall time of \`${command}\``,
          measured: `${inSeconds(p50)} (worst of ${runs}: ${inSeconds(worst)})`,
          ...{ floor, reach, beside: '–', figures: { p50_ms: p50, worst_ms: worst } },
          parts: all[lengths.indexOf(p50)]!.files,
        },
      ];
    },
  };
};

export const tier = asking({
  ...{ name: 'tier', title: 'tier 2', paths: ['tests/e2e/tier2'], floor: '45 s', reach: '20 s', runs: 1 },
});

export const tiers = asking({
  ...{ name: 'tiers', title: 'tiers 1 and 2', paths: ['tests/e2e/tier1', 'tests/e2e/tier2'] },
  ...{ floor: '75 s', reach: '–', runs: 1 },
});
