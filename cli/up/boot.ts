import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { artifactsDirectory } from '../../platform/base/directories';
import { DEFAULT_TENANT } from '../../platform/store/database/connection';
import { startPostgres } from '../../platform/embedded/embedded';
import { startPlatform } from '../../platform/start/main';
import { settingsFrom, type Settings } from '../../platform/base/settings/settings';
import { webDirectory } from '../../platform/base/settings/web-directory';
import { platformTemplate } from './platform-template';
import type { Watchdog } from '../../platform/embedded/watchdog';
import type { RunningProcess } from '../../contract/platform-file';
import type { AdministratorPlan } from '../administrator/plan-administrator';
import { buildOf } from '../serve/build-of';
import { databaseLocation, checkDatabase, type ExternalDatabase } from '../serve/external-database';
import { firstAdministrator } from '../administrator/first-administrator';
import type { LaunchOptions } from '../launch-options';
import type { StartedPlatform } from '../serve/serve-until-stop';
import type { UpFlags } from './up-flags';
import type { RolePlan } from '../settings/roles';
import { writeProgram } from '../serve/write-program';

/** The port of the contract. */
const NOTIFIER_PORT = 8_081;
/**
 * How long the platform may take to close, after the graces of its workers; then the watchdog
 * kills what is left.
 */
const CLOSE_TIMEOUT_MS = 20_000;

export interface BootOptions {
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

export async function boot(options: BootOptions): Promise<StartedPlatform> {
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
