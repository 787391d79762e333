import { rmSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import { startWatchdog } from '../../platform/embedded/watchdog';
import { settingsFrom } from '../../platform/settings/settings';
import { ConnectionFailure } from '../../platform/standalone/worker/connection-failure';
import { CommandError } from '../failures';
import { hideSecrets } from '../hide-secrets';
import type { LaunchOptions } from '../launch-options';
import { knownVariables } from '../settings/known-variables';
import { announceStop, exitForCause, waitForStop, type StopCause } from '../stop-cause';
import { tokenSource } from './read-token';
import type { StandaloneFlags } from './standalone-flags';
import { startStandaloneHost } from './standalone-host';

/**
 * Runs a worker until a stop is requested; then lets its attempts end, as a platform does, and
 * leaves no process and no file but those of `--directory`. Exit 3 where it cannot go on.
 */
export async function runStandalone(flags: StandaloneFlags, launchOptions: LaunchOptions): Promise<void> {
  const stopRequest = waitForStop(flags.exitWithStdin ?? false);
  const tokens = tokenSource(flags);
  const fromEnvironment = settingsFrom(knownVariables(process.env));
  const graceSeconds = fromEnvironment.shutdownGraceMs / 1_000;
  void stopRequest.then((cause) => announceStop(cause, `attempts that run have ${graceSeconds} s to end`));
  hideSecrets(flags.token === undefined ? [] : [flags.token]);
  const watchdog = await startWatchdog();
  let cause: StopCause;
  try {
    const host = await startStandaloneHost({ flags, tokens, fromEnvironment, launchOptions, watchdog });
    const first = await Promise.race([stopRequest, host.failed]);
    await host.stop();
    if (typeof first !== 'string') throw first;
    cause = first;
  } catch (error) {
    await watchdog.stop();
    throw error instanceof ConnectionFailure ? new CommandError(error.message, EXIT_CODES.notProvisioned) : error;
  }
  await watchdog.stop();
  rmSync(watchdog.directory, { recursive: true, force: true });
  exitForCause(cause);
}
