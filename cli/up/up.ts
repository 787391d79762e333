import { SettingError } from '../../platform/base/settings/values';
import { settingsFrom, type Settings } from '../../platform/base/settings/settings';
import { startWatchdog } from '../../platform/embedded/watchdog';
import { planAdministrator } from '../administrator/plan-administrator';
import { exitForCause, waitForStop } from '../stop-cause';
import { findExternalDatabase } from '../serve/external-database';
import { ignoredFileLine } from '../settings/environment-file';
import { hideSecrets } from '../serve/hide-secrets';
import type { LaunchOptions } from '../launch-options';
import { requireCreatable } from '../administrator/password-file';
import { logUncaughtErrors, openPlatformLog } from '../serve/platform-log';
import { reportInterruptedStart, serveUntilStop, stopProcesses, type ServeEnd } from '../serve/serve-until-stop';
import { boot } from './boot';
import type { UpFlags } from './up-flags';
import { planRoles } from '../settings/roles';
import { knownVariables } from '../settings/known-variables';
import { settingSources } from '../settings/setting-sources';
import { printNotice } from '../line-printer';

/** How long the process may take to exit after a failure. */
const EXIT_TIMEOUT_MS = 500;

/**
 * Runs a platform until a stop is requested; then leaves nothing behind, and exits by the signal
 * that ended it.
 */
export async function up(flags: UpFlags, version: string, launchOptions: LaunchOptions): Promise<void> {
  const stopRequest = waitForStop(flags.exitWithStdin ?? false);
  const externalDatabase = findExternalDatabase(flags.databaseUrl, process.env);
  const isDataKept = flags.data !== undefined || externalDatabase !== null;
  const isCompatible = flags.compat !== undefined;
  const sources = settingSources(flags.given, process.env);
  const loopback = isDataKept && !isCompatible ? 'closed' : 'open';
  const fromEnvironment = settingsFrom(knownVariables(process.env), { loopback, isCompatible });
  const plan = planRoles(flags, flags.workers ?? fromEnvironment.workers);
  if (externalDatabase !== null) requireHostClock(fromEnvironment);
  hideSecrets(flags.databaseUrl === undefined ? [] : [flags.databaseUrl]);
  const administrator = planAdministrator({
    host: flags.host,
    areIdentitiesKept: isDataKept,
    isCompatible,
    extensions: fromEnvironment.extensions,
    passwordFile: flags.adminPasswordFile ?? null,
  });
  if (administrator.passwordFile !== null) requireCreatable(administrator.passwordFile);
  const ignoredFile = ignoredFileLine(process.cwd());
  if (ignoredFile !== null) printNotice(ignoredFile);
  const watchdog = await startWatchdog();
  const { log, mute } = openPlatformLog();
  logUncaughtErrors(log);
  const starting = boot({
    flags,
    plan,
    sources,
    fromEnvironment,
    externalDatabase,
    administrator,
    version,
    launchOptions,
    watchdog,
    log,
  });
  let end: ServeEnd;
  try {
    const graceMs = plan.roles.includes('worker') ? fromEnvironment.shutdownGraceMs : 0;
    end = await serveUntilStop(starting, stopRequest, { json: flags.json ?? false, graceMs, launchOptions });
  } catch (error) {
    const failure = await describePort(error);
    await watchdog.stop();
    exitAfterFailure();
    throw failure;
  }
  if (!end.isReady) mute();
  await stopProcesses(watchdog, starting);
  if (!end.isReady) reportInterruptedStart(end.cause);
  exitForCause(end.cause);
}

/** An offset is a setting of the embedded PostgreSQL. Throws SettingError. */
function requireHostClock({ clockOffsetMs }: Pick<Settings, 'clockOffsetMs'>): void {
  if (clockOffsetMs === 0) return;
  throw new SettingError('PLATFORM_CLOCK_OFFSET_SECONDS', String(clockOffsetMs / 1_000), '0 with a database of yours');
}

/** Its program is loaded after a failure only. */
async function describePort(error: unknown): Promise<unknown> {
  const { withPortHolder } = await import('./port-holder');
  return withPortHolder(error);
}

/** What did not close, for example a connection to a lost database, must not delay the exit. */
const exitAfterFailure = (): void => void setTimeout(() => process.exit(), EXIT_TIMEOUT_MS).unref();
