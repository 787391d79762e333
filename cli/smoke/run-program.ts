import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { endGroupOnAbort } from '../../helpers/child-groups';
import { Interrupted } from '../../helpers/errors';

export interface ProgramOptions {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

interface ProgramEnd {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, in a process group of its own, so that Ctrl-C reaches only this
 * process. Rejects with Interrupted when `stop` aborts, after the program has ended, and with the
 * error of the system where it cannot be started.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { directory, env, stop }: ProgramOptions,
): Promise<ProgramEnd> {
  if (stop.aborted) throw new Interrupted();
  const child = spawn(command, args, { cwd: directory, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  endGroupOnAbort(child, stop, { signal: 'SIGTERM' });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [[code], stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  if (stop.aborted) throw new Interrupted();
  return { code, stdout, stderr };
}
