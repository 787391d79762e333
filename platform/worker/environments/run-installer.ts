import { capturedText } from '../process/capture';
import { inheritableVariables } from '../process/process-environment';
import { runProcess } from '../process/run-process';
import type { InstallerOptions } from './recipe';

const INSTALL_TIMEOUT_MS = 300_000;
const LOG_LIMIT_BYTES = 1_024 * 1_024;

interface InstallerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /**
   * Added to the inheritable variables, which contain no settings of the platform or of an
   * installer.
   */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs one installation step. `log`: its last 50 lines, or why it was not started. */
export async function runInstaller(
  { command, args, cwd, env }: InstallerCommand,
  { killGraceMs, marker, stop, onOutput }: InstallerOptions,
): Promise<{ ok: boolean; log: string }> {
  const exit = await runProcess({
    command,
    args,
    cwd,
    env: { ...inheritableVariables(process.env), ...env },
    input: null,
    limitMs: INSTALL_TIMEOUT_MS,
    killGraceMs,
    logLimitBytes: LOG_LIMIT_BYTES,
    onOutput: { stdout: onOutput, stderr: onOutput },
    stop,
    marker,
  });
  const parts = [exit.stdout.tail, exit.stderr.tail, exit.startFailure ?? ''].filter((part) => part !== '');
  const log = capturedText(parts.map((part) => part.replace(/\n$/, '')).join('\n')).tail;
  return { ok: exit.cause === 'exited' && exit.exitCode === 0, log: log || exit.cause };
}
