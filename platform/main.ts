import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { parseAddressList } from './address-list';
import type { ApiContext } from './api/http/context';
import { buildApi } from './api/http/server';
import { ROUTES } from './api/routes';
import { packsDirectory } from './directories';
import { buildManifest, withWorkerCapabilities } from './capabilities';
import { platformNow, setClockOffset } from './clock';
import { TenantQuota } from './auth/tenant-quota';
import { Dispatcher } from './executor/dispatch/dispatch';
import { startExecutor } from './executor/start-executor';
import { startNotifier, type Notifier } from './notifier/start-notifier';
import { ensureCorePack, readCorePack } from './packs/save/core-pack';
import { removeInterruptedUploads } from './packs/storage/interrupted-uploads';
import { resolvePackRoots } from './packs/sources/pack-roots';
import { SettingError, type Settings } from './settings';
import { startWorkers, waitForWorkers } from './start-workers';
import { ensureAppLogin } from './store/database/app-login';
import { openDatabase, openPool, type Database } from './store/database/connection';
import { openDatabaseProbe } from './store/database/database-probe';
import { rejectWhileAway } from './store/database/reachable-database';
import { notifyDispatch } from './store/database/notify';
import { readStatistics } from './store/database/platform-statistics';
import {
  createFirstAdministrator,
  DEFAULT_USER,
  rejectKnownPassword,
  type FirstAdministrator,
} from './store/identities/first-administrator';
import { ensureSecret } from './store/identities/identities';
import { migrate } from './store/database/migrate';
import { enterStack } from './store/database/stack/stack-membership';
import { openVault } from './store/secrets/vault';
import { listPresentWorkers } from './store/workers/workers';
import type { RoleProcessOptions } from './supervisor';
import type { IsolationMode } from './worker/isolation/sandbox-spec';
import { selectIsolation } from './worker/isolation/select-isolation';

/** Heartbeats that a worker may miss before it gets no more work. */
const HEARTBEATS_TO_STALE = 3;
const NOT_CONFINED =
  'programs of packs are not confined on this host: they can read and change what this user can; see docs/security.md';
const CONNECTIONS = 12;
const OWNER_CONNECTIONS = 6;
/** No statement holds a connection for longer: the removal of a large tenant takes minutes. */
const STATEMENT_LIMIT_MS = 600_000;

interface AdministratorOptions extends FirstAdministrator {
  /** Other hosts can reach the platform: it does not start with the known password. */
  readonly isExposed: boolean;
}

export interface Platform {
  readonly url: string;
  /** Of the notifier's own port; `/ws` is on the API's port too. */
  readonly notifierUrl: string;
  readonly login: string;
  /** This start created the first administrator. */
  readonly isAdministratorNew: boolean;
  readonly instanceId: string;
  /** Of all platforms on this database. */
  readonly stackId: string;
  /** Resolves when a platform of another start has taken the database. */
  readonly replaced: Promise<Error>;
  /** How programs of packs are confined; null: not at all. */
  readonly isolation: IsolationMode | null;
  /** Accepts no new work, lets workers drain, and closes every connection. */
  close(): Promise<void>;
}

/**
 * Migrates the database and starts every role: API, notifier and executor in this process, workers
 * in processes of their own. `opening` resolves to the connection URL of the database's owner.
 * Resolves when requests are accepted and all workers are active. Throws what kept it from
 * starting, after everything that it started has been stopped. The first administrator is created
 * last: a start that fails does not lose its password.
 */
export async function startPlatform(
  opening: Promise<string>,
  settings: Settings,
  processOptions: RoleProcessOptions,
  administrator: AdministratorOptions,
): Promise<Platform> {
  setClockOffset(settings.clockOffsetMs);
  const starting = new PlatformStart(opening, settings, processOptions, administrator);
  try {
    const { notifierPort, ...started } = await starting.run();
    const { login } = DEFAULT_USER;
    const notifierUrl = Object.assign(new URL(started.url), { port: notifierPort }).origin;
    return { ...started, notifierUrl, login, instanceId: settings.instance, close: () => starting.close() };
  } catch (error) {
    await starting.close();
    throw error;
  }
}

interface StartedRoles extends Pick<Platform, 'url' | 'isolation' | 'isAdministratorNew' | 'stackId' | 'replaced'> {
  readonly notifierPort: number;
}

interface OpenedDatabase extends Pick<Platform, 'stackId' | 'replaced'> {
  readonly ownerUrl: string;
}

/** Starts the roles in the order in which they need each other, and closes them in reverse. */
class PlatformStart {
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly staleMs: number;
  /** Until then, the executor decides what happens to an execution. */
  private hasWorkers = false;
  private readonly drain: { isDraining: boolean; readonly graceMs: number };

  constructor(
    private readonly opening: Promise<string>,
    private readonly settings: Settings,
    private readonly processOptions: RoleProcessOptions,
    private readonly administrator: AdministratorOptions,
  ) {
    this.staleMs = settings.heartbeatMs * HEARTBEATS_TO_STALE;
    this.drain = { isDraining: false, graceMs: settings.shutdownGraceMs };
  }

  async run(): Promise<StartedRoles> {
    const { settings, processOptions, administrator } = this;
    const { log, root } = processOptions;
    const workers = startWorkers(settings, processOptions);
    this.closers.push(() => workers.stop());
    const selecting = this.selectIsolation();
    this.closers.push(async () => {
      await selecting.catch(() => undefined); // its probe makes directories
    });
    const [isolation, opened, corePack] = await Promise.all([selecting, this.openMigrated(), readCorePack(root)]);
    const { ownerUrl, stackId, replaced } = opened;
    const ownerPool = openPool(ownerUrl, OWNER_CONNECTIONS);
    this.closers.push(() => ownerPool.end());
    const { tokenSecret, encryptionKey } = await loadSecrets(ownerPool, settings);
    const vault = openVault(encryptionKey);
    const appUrl = await this.logInApplication(ownerPool, ownerUrl);
    const db = openDatabase(appUrl, CONNECTIONS, vault, settings, STATEMENT_LIMIT_MS);
    this.closers.push(() => db.close());
    const databaseProbe = openDatabaseProbe(ownerUrl);
    this.closers.push(() => databaseProbe.close());
    await ensureCorePack(ownerPool, corePack);
    await removeInterruptedUploads(packsDirectory(settings));
    if (administrator.isExposed) await rejectKnownPassword(db);
    const tenantQuota = new TenantQuota(settings.limits.tenant);
    const notifierOptions = {
      ...settings,
      port: settings.notifierPort,
      databaseUrl: ownerUrl,
      db,
      tokenSecret,
      tenantQuota,
      log,
    };
    const notifier = await startNotifier(notifierOptions);
    this.closers.push(() => notifier.close());
    const access = { db: rejectWhileAway(db, databaseProbe), databaseProbe, tokenSecret, tenantQuota };
    const url = await this.startApi({ ...access, stackId }, ownerPool, notifier, isolation);
    const servedSettings = { ...settings, notifierPort: notifier.port };
    const isConfined = isolation !== null;
    workers.supply({ settings: servedSettings, apiUrl: url, databaseUrl: appUrl, tokenSecret, vault, isConfined });
    this.closers.push(() => workers.stop());
    await this.startExecutor(db, ownerPool, appUrl);
    workers.adopt();
    await waitForWorkers(db, settings);
    this.hasWorkers = true;
    const isAdministratorNew = await createFirstAdministrator(db, administrator);
    if (administrator.isExposed && !isAdministratorNew) await rejectKnownPassword(db); // another platform made it
    return { url, notifierPort: notifier.port, isolation, isAdministratorNew, stackId, replaced };
  }

  private async startExecutor(db: Database, ownerPool: Pool, databaseUrl: string): Promise<void> {
    const { settings, staleMs, processOptions } = this;
    const executor = await startExecutor(db, ownerPool, { ...settings, databaseUrl, staleMs }, processOptions.log);
    this.closers.push(() => executor.stop());
  }

  /** How programs of packs are confined; null: not at all, of which the operator is warned. */
  private async selectIsolation(): Promise<IsolationMode | null> {
    const { bundlePath, root, log } = this.processOptions;
    const finding = await selectIsolation(this.settings, { program: bundlePath, root });
    if (finding.mode !== null || finding.reason === null) return finding.mode;
    requireFullNetwork(this.settings, finding.reason);
    log.warn({ why: finding.reason }, NOT_CONFINED);
    return null;
  }

  /** Takes the database for this stack, and brings it up to date. */
  private async openMigrated(): Promise<OpenedDatabase> {
    const ownerUrl = await this.opening;
    const { instance, joins, source } = this.settings;
    const entering = enterStack(ownerUrl, { instance, joins, log: this.processOptions.log });
    this.closers.push(async () => (await entering.catch(() => null))?.leave());
    const membership = await entering;
    await migrate(ownerUrl, source);
    return { ownerUrl, stackId: await membership.confirm(), replaced: membership.replaced };
  }

  /** Returns the application's connection URL. */
  private async logInApplication(ownerPool: Pool, ownerUrl: string): Promise<string> {
    const password = await ensureSecret(ownerPool, 'app_password');
    return ensureAppLogin({ ownerPool, ownerUrl, password, log: this.processOptions.log });
  }

  async close(): Promise<void> {
    this.drain.isDraining = true;
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  /** Returns the URL at which the API can be reached from this host. */
  private async startApi(
    access: Pick<ApiContext, 'db' | 'databaseProbe' | 'tokenSecret' | 'tenantQuota' | 'stackId'>,
    ownerPool: Pool,
    notifier: Notifier,
    isolation: IsolationMode | null,
  ): Promise<string> {
    const { settings, processOptions, staleMs } = this;
    const { version } = JSON.parse(readFileSync(join(processOptions.root, 'package.json'), 'utf8')) as Package;
    const running = { ...settings, notifierPort: notifier.port, isolationMode: isolation };
    const manifest = buildManifest(running, version, new Date(platformNow()).toISOString());
    const context: ApiContext = {
      ...access,
      extensions: settings.extensions,
      drain: this.drain,
      selfRegistration: settings.selfRegistration,
      loginAttemptLimit: settings.loginTries,
      trustedProxies: parseAddressList(settings.trustedProxies).list,
      acceptsWorkerTokens: settings.acceptsWorkerTokens,
      refreshRotation: settings.refreshRotation,
      packsDirectory: packsDirectory(settings),
      packRoots: await resolvePackRoots(settings.packRoots, settings.directory),
      egressPolicy: settings.egress,
      directory: settings.directory,
      program: { path: processOptions.bundlePath, modules: join(processOptions.root, 'node_modules') },
      workerStaleMs: staleMs,
      dispatchOne: async (transaction, { tenant, execution }) => {
        if (this.hasWorkers) await new Dispatcher(transaction, tenant, staleMs).dispatchOne(execution);
        else await notifyDispatch(transaction, tenant);
      },
      version,
      platform: manifest.platform,
      manifest: async () => withWorkerCapabilities(manifest, await listPresentWorkers(access.db)),
      subscriptionHub: notifier,
      ...metricsContext(settings, ownerPool, notifier),
    };
    const api = buildApi(context, ROUTES, processOptions.log);
    if (settings.extensions) notifier.attach(api.server);
    this.closers.push(async () => {
      await notifier.closeAll(); // the server closes only after its sockets
      await api.close();
    });
    const address = new URL(await api.listen({ host: settings.host, port: settings.port }));
    return `http://${isWildcardAddress(settings.host) ? '127.0.0.1' : address.hostname}:${address.port}`;
  }
}

/** Programs that are not confined have the network of the host. Throws SettingError. */
function requireFullNetwork({ actionNetwork }: Settings, reason: string): void {
  if (actionNetwork === 'full') return;
  const expected = `full, because programs cannot be confined here: ${reason}`;
  throw new SettingError('PLATFORM_ACTION_NETWORK', actionNetwork, expected);
}

interface Package {
  readonly version: string;
}

/** The keys that sign tokens and seal stored secrets. */
interface PlatformSecrets {
  readonly tokenSecret: string;
  readonly encryptionKey: string;
}

/** The secrets of the settings, else those generated for this database. */
async function loadSecrets(ownerPool: Pool, settings: Settings): Promise<PlatformSecrets> {
  return {
    tokenSecret: settings.tokenSecret ?? (await ensureSecret(ownerPool, 'token_secret')),
    encryptionKey: settings.encryptionKey ?? (await ensureSecret(ownerPool, 'encryption_key')),
  };
}

function metricsContext(
  { metricsToken: token }: Settings,
  ownerPool: Pool,
  notifier: Notifier,
): Pick<ApiContext, 'metrics'> {
  if (token === null) return {};
  const read = async () => ({ statistics: await readStatistics(ownerPool), subscribers: notifier.stats() });
  return { metrics: { token, read } };
}

const isWildcardAddress = (host: string): boolean => host === '0.0.0.0' || host === '::';
