import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../../../helpers/repository-root';
import type { Context } from '../../../../helpers/scenario/context';
import { platformClock } from '../../../../helpers/scenario/resources/platform-clock';

/** A line of standard output, and when it arrived, epoch ms by the platform's clock. */
export interface PrintedLine {
  readonly text: string;
  readonly at: number;
}

/** A command that has been started. */
export interface RunningCommand {
  /** Lines so far; appended to. */
  readonly lines: readonly PrintedLine[];
  /** Its exit code and its stderr; null: a signal ended it. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
  kill(signal: NodeJS.Signals): void;
}

/** How a command differs from one of this process. */
export interface CommandOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: that of this process. */
  readonly workingDirectory?: string;
  /** As root: the user and the group that it runs as. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Starts `tuningfork …` with the login of the run. The test's end kills it. */
export function startCommand(
  ctx: Context,
  args: readonly string[],
  { env, workingDirectory, user }: CommandOptions = {},
): RunningCommand {
  const environment = Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS$|JEST_|npm_)/.test(name));
  const child = spawn(process.execPath, [join(repositoryRoot(), 'bin/tuningfork.js'), ...args], {
    env: { ...Object.fromEntries(environment), NO_COLOR: '1', ...env },
    cwd: workingDirectory,
    ...user,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: PrintedLine[] = [];
  const clock = platformClock(ctx);
  createInterface(child.stdout).on('line', (line) => lines.push({ text: line, at: clock.now() }));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ended = Promise.all([closed, text(child.stderr)]).then(([[code], stderr]) => ({ code, stderr }));
  ctx.defer(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { lines, ended, kill: (signal) => void child.kill(signal) };
}

/** The same, to its end. */
export async function runCommand(
  ctx: Context,
  args: readonly string[],
  options?: CommandOptions,
): Promise<{ readonly code: number | null; readonly stderr: string; readonly stdout: readonly string[] }> {
  const { lines, ended } = startCommand(ctx, args, options);
  return { ...(await ended), stdout: lines.map(({ text: line }) => line) };
}
