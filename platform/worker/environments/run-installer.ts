import { capturedText } from '../../outcomes/captured-output';
import { inheritableVariables } from '../process/process-environment';
import { describeLimits } from '../../outcomes/program-exit';
import { runProcess } from '../process/run-process';
import type { InstallerOptions } from './recipe';
import { CERTIFICATE_FILES, NO_CONFIGURATION, userConfiguration } from './user-configuration';

const INSTALL_TIMEOUT_MS = 300_000;
const LOG_LIMIT_BYTES = 1_024 * 1_024;

interface InstallerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Directories that it writes; it may read those of its tenant, and `readable`. */
  readonly writable: readonly string[];
  readonly readable?: readonly string[];
  /** Added to the inheritable variables, of which those of an installer are left out. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Settings of an outer npm, pip or uv, which would override the platform's. */
const INSTALLER_VARIABLE = /^(npm_|NPM_|PIP_|UV_)/;

/** Certificates: without them, no registry of this host can be reached. */
const CERTIFICATES = [...CERTIFICATE_FILES, 'SSL_CERT_DIR'];

/** Variables of the operator that an installation step gets. */
const inheritedVariables = ({ actionVariables }: InstallerOptions): Record<string, string> =>
  inheritableVariables(process.env, [
    ...CERTIFICATES,
    ...actionVariables.filter((name) => !INSTALLER_VARIABLE.test(name)),
  ]);

/** Runs one installation step. `log`: its last 50 lines, or why it was not started. */
export async function runInstaller(
  { command, args, cwd, writable, readable = [], env }: InstallerCommand,
  options: InstallerOptions,
): Promise<{ ok: boolean; log: string }> {
  const { killGraceMs, marker, stop, onOutput, tenant, builds, watchDisk } = options;
  const variables = { ...inheritedVariables(options), ...env };
  const configuration = builds === null ? NO_CONFIGURATION : await userConfiguration(variables);
  const exit = await runProcess({
    command,
    args,
    cwd,
    env: { ...variables, ...configuration.variables },
    files: configuration.files,
    cgroupPlacement: builds && (await builds.place(tenant, { writable, readable })),
    input: null,
    limitMs: INSTALL_TIMEOUT_MS,
    killGraceMs,
    logLimitBytes: LOG_LIMIT_BYTES,
    onOutput: { stdout: onOutput, stderr: onOutput },
    stop,
    marker,
    watchDisk,
  });
  const limits = exit.reachedLimits.length > 0 ? describeLimits(exit.reachedLimits) : '';
  const parts = [exit.stdout.tail, exit.stderr.tail, exit.startFailure?.text ?? '', limits].filter(
    (part) => part !== '',
  );
  const log = capturedText(parts.map((part) => part.replace(/\n$/, '')).join('\n')).tail;
  return { ok: exit.cause === 'exited' && exit.exitCode === 0, log: log || exit.cause };
}
