import { captured } from '../capture';
import { inheritable } from '../environment';
import { runProcess } from '../process';
import type { Installation } from './recipe';

const INSTALL_LIMIT_MS = 300_000;
const LOG_LIMIT_BYTES = 1_024 * 1_024;

export interface Installer {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** On top of what a worker may pass on: none of the platform's own settings, nor an outer installer's. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one step of an installation to its end. `log`: the last 50 lines it said, or why it was not started. */
export async function runInstaller(
  { command, args, cwd, env }: Installer,
  { killGraceMs, marker, stop, said }: Installation,
): Promise<{ ok: boolean; log: string }> {
  const ended = await runProcess({
    command,
    args,
    cwd,
    env: { ...inheritable(process.env), ...env },
    input: null,
    limitMs: INSTALL_LIMIT_MS,
    killGraceMs,
    logLimitBytes: LOG_LIMIT_BYTES,
    keep: { stdout: said, stderr: said },
    stop,
    marker,
  });
  const parts = [ended.stdout.tail, ended.stderr.tail, ended.problem ?? ''].filter((part) => part !== '');
  const log = captured(parts.map((part) => part.replace(/\n$/, '')).join('\n')).tail;
  return { ok: ended.cause === 'exited' && ended.exitCode === 0, log: log || ended.cause };
}
