import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { inParallel } from '../helpers/in-parallel';
import { PACK_FILES } from './stand';

/** A program and its arguments, started without any platform. */
export type Program = readonly [command: string, ...args: string[]];

const file = (name: string): string => join(PACK_FILES, 'actions', name);

/** The interpreter behind the name, as the worker starts it: a shim on the search path would cost 50 ms at each start. */
const python = (): string =>
  execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

/** The very files the platform runs, under the same interpreters. */
export const programs = (): Readonly<Record<'shell' | 'python' | 'nodejs', Program>> => ({
  shell: ['bash', file('nothing.sh')],
  python: [python(), '-u', file('nothing.py')],
  nodejs: [process.execPath, file('nothing.js')],
});

/** Start to end of one process, ms. Rejects when it cannot be started or fails. */
export function bareSpawnMs([command, ...args]: Program): Promise<number> {
  return new Promise((done, refuse) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.on('error', () => {}).end(); // it may have ended before its input did
    child.stdout.resume();
    child.stderr.resume();
    child.once('error', refuse);
    child.once('close', (code) => {
      if (code === 0) done(performance.now() - began);
      else refuse(new Error(`${command} ended with ${String(code)}`));
    });
  });
}

/** `count` processes, `width` at a time: how many a second. */
export async function bareSpawnRate(program: Program, count: number, width: number): Promise<number> {
  const began = performance.now();
  await inParallel(count, width, () => bareSpawnMs(program));
  return (count / (performance.now() - began)) * 1_000;
}
