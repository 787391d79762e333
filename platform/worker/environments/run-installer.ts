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
  /** Added to the inheritable variables, of which those of an installer are left out. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Settings of an outer npm, pip or uv, which would override the platform's. */
const INSTALLER_VARIABLE = /^(npm_|NPM_|PIP_|UV_)/;

/** Files of certificates: without them, no registry of this host can be reached. */
const CERTIFICATE_FILES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'];

/** Variables of the operator that an installation step gets. */
const inheritedVariables = ({ actionVariables }: InstallerOptions): Record<string, string> =>
  inheritableVariables(process.env, [
    ...CERTIFICATE_FILES,
    ...actionVariables.filter((name) => !INSTALLER_VARIABLE.test(name)),
  ]);

/** Runs one installation step. `log`: its last 50 lines, or why it was not started. */
export async function runInstaller(
  { command, args, cwd, env }: InstallerCommand,
  options: InstallerOptions,
): Promise<{ ok: boolean; log: string }> {
  const { killGraceMs, marker, stop, onOutput } = options;
  const exit = await runProcess({
    command,
    args,
    cwd,
    env: { ...inheritedVariables(options), ...env },
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
