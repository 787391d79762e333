import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { inParallel } from '../../helpers/in-parallel';
import { PACK_FILES } from './bench-platform';

/** A program and its arguments, started without a platform. */
export type BareProgram = readonly [command: string, ...args: string[]];

const actionFile = (name: string): string => join(PACK_FILES, 'actions', name);

/**
 * Path of the interpreter, as the worker starts it: a shim in PATH would add 50 ms to each start.
 */
const pythonExecutable = (): string =>
  execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

/** The files that the platform runs, with the same interpreters. */
export const barePrograms = (): Readonly<Record<'shell' | 'python' | 'nodejs', BareProgram>> => ({
  shell: ['bash', actionFile('nothing.sh')],
  python: [pythonExecutable(), '-u', actionFile('nothing.py')],
  nodejs: [process.execPath, actionFile('nothing.js')],
});

/** Time from start to end of one process, ms. Rejects when it cannot be started or fails. */
export function bareSpawnMs([command, ...args]: BareProgram): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => {}).end(); // the process may exit before its input ends
    child.stdout.resume();
    child.stderr.resume();
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(performance.now() - startedAt);
      else reject(new Error(`${command} exited with ${String(code)}`));
    });
  });
}

/** Runs `count` processes, one after the other. Returns the time, ms. */
export async function bareSequenceMs(program: BareProgram, count: number): Promise<number> {
  let ms = 0;
  for (let n = 0; n < count; n++) ms += await bareSpawnMs(program);
  return ms;
}

/** Runs `count` processes, `concurrency` at a time. Returns processes per second. */
export async function bareSpawnRate(program: BareProgram, count: number, concurrency: number): Promise<number> {
  const startedAt = performance.now();
  await inParallel(count, concurrency, () => bareSpawnMs(program));
  return (count / (performance.now() - startedAt)) * 1_000;
}
