import { rmSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import { startWatchdog } from '../../platform/embedded/watchdog';
import { settingsFrom } from '../../platform/base/settings/settings';
import { ConnectionFailure } from '../../platform/workers/standalone/worker/connection-failure';
import type { TokenSource } from '../../platform/workers/standalone/worker/token-renewal';
import { CommandError, usageError } from '../failures';
import { hideSecrets } from '../serve/hide-secrets';
import type { LaunchOptions } from '../launch-options';
import { logUncaughtErrors, openPlatformLog } from '../serve/platform-log';
import { startUnlessStopped } from '../serve/serve-until-stop';
import { knownVariables } from '../settings/known-variables';
import { announceStop, exitForCause, waitForStop } from '../stop-cause';
import type { StandaloneFlags } from './standalone-flags';
import { startStandaloneHost } from './standalone-host';
import { TokenFile } from './token-file';

/**
 * Runs a worker until a stop is requested; then lets its attempts end, as a platform does, and
 * leaves no process and no file but those of `--directory`. Exit 3 where it cannot go on.
 */
export async function runStandalone(flags: StandaloneFlags, launchOptions: LaunchOptions): Promise<void> {
  const stopRequest = waitForStop(flags.exitWithStdin ?? false);
  const tokens = tokenSource(flags);
  const fromEnvironment = settingsFrom(knownVariables(process.env));
  hideSecrets(flags.token === undefined ? [] : [flags.token]);
  const watchdog = await startWatchdog();
  const { log, mute } = openPlatformLog();
  logUncaughtErrors(log);
  const starting = startStandaloneHost({ flags, tokens, fromEnvironment, launchOptions, watchdog, log });
  try {
    const host = await startUnlessStopped(watchdog, starting, stopRequest, mute);
    if (host === null) return;
    const cause = await Promise.race([stopRequest, host.failed]);
    if (typeof cause === 'string')
      announceStop(cause, `attempts that run have ${host.shutdownGraceMs / 1_000} s to end`);
    await host.stop();
    if (typeof cause !== 'string') throw cause;
    await watchdog.stop();
    rmSync(watchdog.directory, { recursive: true, force: true });
    exitForCause(cause);
  } catch (error) {
    await watchdog.stop();
    throw error instanceof ConnectionFailure ? new CommandError(error.message, EXIT_CODES.notProvisioned) : error;
  }
}

/**
 * Where the token of a worker comes from: one of a file, an option and a variable. Throws
 * CommandError, exit 2.
 */
function tokenSource({ tokenFile, token, name }: StandaloneFlags): TokenSource {
  const variable = process.env.PLATFORM_WORKER_TOKEN || undefined;
  const given = [tokenFile, token, variable].filter((source) => source !== undefined);
  if (given.length !== 1)
    throw usageError(
      `WORKER_TOKEN_SOURCE: ${given.length === 0 ? 'there is no token' : 'there is more than one token'}; use one of --token-file, PLATFORM_WORKER_TOKEN and --token, with a token of: tuningfork worker-token --name ${name}`,
    );
  return tokenFile === undefined ? inMemory(token ?? variable ?? '') : new TokenFile(tokenFile);
}

function inMemory(given: string): TokenSource {
  let current = given;
  return {
    read: () => Promise.resolve(current),
    save: (token) => {
      current = token;
      return Promise.resolve(null);
    },
  };
}
