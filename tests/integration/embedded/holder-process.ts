import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { dirSync } from 'tmp';
import { readOrEmpty } from '../../../helpers/scenario/processes';
import { baseDirectory } from '../../../platform/embedded/base-directory';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const ROOT = join(__dirname, '../../..');

/** A private directory for run directories: everything in it belongs to this test. */
export function privateBase(): { path: string; remove: () => void } {
  const directory = dirSync({ tmpdir: baseDirectory(), prefix: 'embedded-test', unsafeCleanup: true });
  chmodSync(directory.name, 0o777);
  return { path: directory.name, remove: directory.removeCallback };
}

/** The same, removed after the tests of the file. */
export function withPrivateBase(): { path: string } {
  const base = privateBase();
  afterAll(() => base.remove());
  return base;
}

/** Bundles the holder program as the launcher bundles the platform. */
export function bundleHolder(directory: string): string {
  const program = join(directory, 'hold.cjs');
  const options = ['--bundle', '--packages=external', '--platform=node', '--target=node20', '--format=cjs'];
  const esbuild = join(ROOT, 'node_modules/.bin/esbuild');
  execFileSync(esbuild, [
    join(__dirname, 'postgres-holder.ts'),
    ...options,
    `--outfile=${program}`,
    '--log-level=error',
  ]);
  return program;
}

type HolderProcess = ChildProcessByStdio<Writable, Readable, null>;

export function startHolder(
  program: string,
  base: string,
  account: { uid?: number; gid?: number } = {},
): HolderProcess {
  const env = { PATH: process.env.PATH, HOME: base, NODE_PATH: join(ROOT, 'node_modules') };
  return spawn(process.execPath, [program, base], { ...account, cwd: '/', env, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The URL that the holder prints when everything runs. */
export async function readUrl(holder: HolderProcess): Promise<string> {
  const [chunk] = (await once(holder.stdout, 'data')) as [Buffer];
  return chunk.toString().trim();
}

/** Processes with `base` in their arguments or environment, and run directories in `base`. */
export function remainingTraces(base: string): string[] {
  const alive = pidsMentioning(base).map((pid) => `process ${pid}`);
  return [...alive, ...readdirSync(base).filter((name) => name.startsWith('tuningfork-'))];
}

/** Live processes other than this one whose arguments or environment contain the text. */
export const pidsMentioning = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (pid) => readOrEmpty(`/proc/${pid}/cmdline`).includes(text) || readOrEmpty(`/proc/${pid}/environ`).includes(text),
    )
    .filter((pid) => /\) [^ZX][^)]*$/.test(readOrEmpty(`/proc/${pid}/stat`)))
    .map(Number);

export const noTracesOf = (base: string) =>
  predicateToHold(
    `no traces of ${base}`,
    () => remainingTraces(base).length === 0,
    () => remainingTraces(base).join('\n'),
  );
