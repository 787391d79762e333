import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import { SCRIPT_LIMIT_MS, type Outcome, type RunOptions } from './transport';

/** Time for the last output of a process that has ended, ms: others may hold its pipes. */
const DRAIN_MS = 2_000;

/**
 * Runs a program until it ends, or until its limit or `stop` kills it with its process group. A
 * signal of the terminal does not reach it, since that group is its own: the runner decides what
 * is stopped. Throws the reason of `stop`.
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  { input, stdout, stderr, limitMs = SCRIPT_LIMIT_MS, stop }: RunOptions,
): Promise<Outcome> {
  stop?.throwIfAborted();
  const child = spawn(program, args, { detached: true, stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  const kill = () => killGroup(child);
  const timer = limitMs === null ? undefined : setTimeout(kill, limitMs);
  stop?.addEventListener('abort', kill, { once: true });
  const outputs = Promise.all([collect(child.stdout!, stdout), collect(child.stderr!, stderr)]);
  // The program may end before it has read all of it, which its exit code shows.
  const written = input ? pipeline(input, child.stdin!).catch(() => undefined) : undefined;
  try {
    const code = await ended;
    const drain = setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream?.destroy()), DRAIN_MS);
    const [out, err] = await outputs.finally(() => clearTimeout(drain));
    await written;
    stop?.throwIfAborted();
    return { code, stdout: out, stderr: err };
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', kill);
  }
}

/** Kills a program and what is in its process group. */
function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has ended
  }
}

/** The output until its end or until it is given up, or none where it goes elsewhere. */
async function collect(from: Readable, to: Writable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  if (to) from.pipe(to, { end: false });
  else from.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(from, 'close');
  return Buffer.concat(chunks).toString();
}
