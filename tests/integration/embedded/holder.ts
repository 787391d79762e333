import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { dirSync } from 'tmp';
import type { Condition } from '../../../helpers/polling';
import { baseDirectory } from '../../../platform/embedded/base-directory';

const ROOT = join(__dirname, '../../..');

/** A folder for run directories that nobody else uses, so that what is left in it is ours. */
export function privateBase(): { path: string; remove: () => void } {
  const made = dirSync({ tmpdir: baseDirectory(), prefix: 'embedded-test', unsafeCleanup: true });
  chmodSync(made.name, 0o777);
  return { path: made.name, remove: made.removeCallback };
}

/** Bundles the holding program as the launcher does with ours. */
export function bundleHolder(into: string): string {
  const program = join(into, 'hold.cjs');
  const options = ['--bundle', '--packages=external', '--platform=node', '--target=node20', '--format=cjs'];
  const esbuild = join(ROOT, 'node_modules/.bin/esbuild');
  execFileSync(esbuild, [join(__dirname, 'hold.ts'), ...options, `--outfile=${program}`, '--log-level=error']);
  return program;
}

export type Holder = ChildProcessByStdio<Writable, Readable, null>;

export function startHolder(program: string, base: string, account: { uid?: number; gid?: number } = {}): Holder {
  const env = { PATH: process.env.PATH, HOME: base, NODE_PATH: join(ROOT, 'node_modules') };
  return spawn(process.execPath, [program, base], { ...account, cwd: '/', env, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The URL it prints once everything runs. */
export async function urlOf(holder: Holder): Promise<string> {
  const [chunk] = (await once(holder.stdout, 'data')) as [Buffer];
  return chunk.toString().trim();
}

/** Processes and entries that tell of `base`; the path is in the arguments of what we start, or in its environment. */
export function leftovers(base: string): string[] {
  const alive = processesWith(base).map((pid) => `process ${pid}`);
  return [...alive, ...readdirSync(base).filter((name) => name.startsWith('tuningfork-'))];
}

/** Live processes, but this one, whose arguments or environment hold the text. */
export const processesWith = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(
      (pid) => contentOf(`/proc/${pid}/cmdline`).includes(text) || contentOf(`/proc/${pid}/environ`).includes(text),
    )
    .filter((pid) => /\) [^ZX][^)]*$/.test(contentOf(`/proc/${pid}/stat`)))
    .map(Number);

/** Empty for a process that ended meanwhile, and for one that is not ours to read. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export const nothingLeft = (base: string): Condition<true> => ({
  name: `nothing to be left of ${base}`,
  look: () => {
    const left = leftovers(base);
    return Promise.resolve(left.length === 0 ? { is: 'met', value: true } : { is: 'pending', why: left.join(', ') });
  },
  evidence: () => Promise.resolve(leftovers(base).join('\n')),
});
