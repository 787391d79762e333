import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Role } from '../../contract/capabilities';
import { artifactsDirectory } from '../../platform/base/directories';
import { DEFAULT_TENANT } from '../../platform/store/database/connection';
import { startPostgres } from '../../platform/embedded/embedded';
import { startPlatform } from '../../platform/start/main';
import { SettingError } from '../../platform/base/settings/values';
import { settingsFrom, type Settings } from '../../platform/base/settings/settings';
import { webDirectory } from '../../platform/base/settings/web-directory';
import { platformTemplate } from './platform-template';
import { startWatchdog, type Watchdog } from '../../platform/embedded/watchdog';
import type { RunningProcess } from '../../contract/platform-file';
import { planAdministrator, type AdministratorPlan } from '../administrator/plan-administrator';
import { exitForCause, waitForStop } from '../stop-cause';
import { buildOf } from '../serve/build-of';
import { databaseLocation, checkDatabase, findExternalDatabase, type ExternalDatabase } from '../serve/external-database';
import { firstAdministrator } from '../administrator/first-administrator';
import { ignoredFileLine } from '../settings/environment-file';
import { hideSecrets } from '../serve/hide-secrets';
import type { LaunchOptions } from '../launch-options';
import { requireCreatable } from '../administrator/password-file';
import { logUncaughtErrors, openPlatformLog } from '../serve/platform-log';
import {
  reportInterruptedStart,
  serveUntilStop,
  stopProcesses,
  type ServeEnd,
  type StartedPlatform,
} from '../serve/serve-until-stop';
import { planRoles, type RolePlan } from '../settings/roles';
import { knownVariables } from '../settings/known-variables';
import { settingSources } from '../settings/setting-sources';
import { writeProgram } from '../serve/write-program';
import { printNotice } from '../line-printer';

/** Parsed options: those that were not given are absent. */
export interface UpFlags {
  /** Names of the options on the command line. */
  readonly given: readonly string[];
  readonly port: number;
  readonly notifierPort?: number;
  readonly host: string;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly join?: true;
  readonly roles?: readonly Role[];
  readonly apiUrl?: string;
  readonly workers?: number;
  readonly adminPasswordFile?: string;
  readonly virtualTime?: true;
  readonly web?: string;
  readonly compat?: 'attune';
  readonly json?: true;
  readonly exitWithStdin?: true;
}

/** The port of the contract. */
const NOTIFIER_PORT = 8_081;
/**
 * How long the platform may take to close, after the graces of its workers; then the watchdog
 * kills what is left.
 */
const CLOSE_TIMEOUT_MS = 20_000;
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

interface BootOptions {
  readonly flags: UpFlags;
  readonly plan: RolePlan;
  readonly sources: string | null;
  readonly fromEnvironment: ReturnType<typeof settingsFrom>;
  readonly externalDatabase: ExternalDatabase | null;
  readonly administrator: AdministratorPlan;
  readonly version: string;
  readonly launchOptions: LaunchOptions;
  readonly watchdog: Watchdog;
  readonly log: Logger;
}

async function boot(options: BootOptions): Promise<StartedPlatform> {
  const { flags, externalDatabase, administrator, version, launchOptions, watchdog, log } = options;
  const directory = resolve(flags.data ?? watchdog.directory);
  const bundlePath = writeProgram(watchdog.directory, launchOptions);
  const sharedDirectory = flags.data === undefined ? createSharedDirectory(watchdog.directory) : null;
  const settings = platformSettings(options, { directory, sharedDirectory });
  const opening = openPlatformDatabase(externalDatabase, embeddedOptions(options, settings, log));
  opening.catch(() => undefined); // awaited below, unless something else fails first
  const { isPasswordKnown, passwordFile } = administrator;
  const first = firstAdministrator(administrator);
  const platform = await startPlatform(
    opening.then(({ url }) => url),
    settings,
    { bundlePath, root: launchOptions.root, log },
    { ...first, isExposed: administrator.isExposed },
  );
  const { url: databaseUrl, location, databaseLost } = await opening;
  const { url, notifierUrl: notifier_url, login, isAdministratorNew, isolation, close } = platform;
  const running: RunningProcess = {
    url,
    notifier_url,
    roles: [...settings.roles],
    login,
    password: isAdministratorNew && passwordFile === null ? first.password : null,
    instance_id: platform.instanceId,
    stack_id: platform.stackId,
    database_url: databaseUrl,
    directory,
    virtual_time: settings.virtualTime,
    shared_directory: sharedDirectory ?? artifactsDirectory({ directory }, { tenant: DEFAULT_TENANT }),
    platform_file: join(watchdog.directory, 'platform.json'),
    pid: process.pid,
    version,
  };
  writePlatformFile(isPasswordKnown ? running : { ...running, password: null });
  const facts = {
    running,
    isPasswordKnown,
    passwordFile: isAdministratorNew ? passwordFile : null,
    database: location,
    settings: options.sources,
    isDataKept: flags.data !== undefined,
    bootMs: performance.now(),
    isConfined: isolation !== null,
    isTimeVirtual: settings.virtualTime,
  };
  const closeTimeoutMs = settings.shutdownGraceMs + settings.killGraceMs + CLOSE_TIMEOUT_MS;
  return { facts, close, closeTimeoutMs, databaseLost: Promise.race([databaseLost, platform.replaced]) };
}

/** How an embedded database is started; it is prepared where nothing is kept. */
function embeddedOptions(
  { flags, externalDatabase, launchOptions, watchdog }: BootOptions,
  { directory, clockOffsetMs, source }: Settings,
  log: Logger,
): Parameters<typeof startPostgres>[0] {
  const programs = process.env.PLATFORM_POSTGRES_DIR || null;
  const durable = flags.data !== undefined;
  const isPrepared = !durable && programs === null && externalDatabase === null;
  const template = isPrepared ? platformTemplate(launchOptions.root, source) : undefined;
  return { directory, durable, log, watchdog, clockOffsetMs, programs, ...(template && { template }) };
}

interface PlatformPlaces extends Pick<Settings, 'directory'> {
  readonly sharedDirectory: string | null;
}

const platformSettings = (
  { flags, plan, fromEnvironment, launchOptions, watchdog }: BootOptions,
  { directory, sharedDirectory }: PlatformPlaces,
): Settings => ({
  ...fromEnvironment,
  ...plan,
  slots: plan.roles.includes('worker') ? fromEnvironment.slots : 0,
  actionPaths: [...fromEnvironment.actionPaths, ...(sharedDirectory === null ? [] : [sharedDirectory])],
  directory,
  instance: watchdog.instance,
  joins: flags.join ?? false,
  virtualTime: flags.virtualTime ?? fromEnvironment.virtualTime,
  webDirectory: flags.web === undefined ? fromEnvironment.webDirectory : webDirectory('--web', flags.web),
  host: flags.host,
  port: flags.port,
  notifierPort: flags.notifierPort ?? (flags.port === 0 ? 0 : NOTIFIER_PORT),
  source: buildOf(launchOptions),
});

/** Every user may write there, as in /tmp. */
const SHARED_MODE = 0o1777;

/** Of a platform that keeps nothing: files that its user and the actions of all tenants share. */
function createSharedDirectory(parent: string): string {
  const path = join(parent, 'shared');
  mkdirSync(path);
  chmodSync(path, SHARED_MODE);
  return path;
}

interface PlatformDatabase {
  readonly url: string;
  readonly location: string;
  readonly databaseLost: Promise<Error>;
}

async function openPlatformDatabase(
  external: ExternalDatabase | null,
  embeddedOptions: Parameters<typeof startPostgres>[0],
): Promise<PlatformDatabase> {
  if (external) {
    await checkDatabase(external.url);
    return {
      url: external.url,
      location: `${databaseLocation(external.url)} (${external.source})`,
      databaseLost: new Promise(() => undefined),
    };
  }
  const { url, lost } = await startPostgres(embeddedOptions);
  return { url, location: `embedded PostgreSQL at ${databaseLocation(url)}`, databaseLost: lost };
}

const OWNER_ONLY = 0o600;

/** Writes the facts to their file, for a run of the suite on this host. It appears complete. */
function writePlatformFile(running: RunningProcess): void {
  const temporary = `${running.platform_file}.new`;
  writeFileSync(temporary, `${JSON.stringify(running, null, 2)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
  renameSync(temporary, running.platform_file);
}
