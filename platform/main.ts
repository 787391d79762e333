import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { parseAddressList } from './address-list';
import type { ApiContext } from './api/http/context';
import { buildApi } from './api/http/server';
import { ROUTES } from './api/routes';
import { packsDirectory } from './directories';
import { buildManifest, withWorkerCapabilities } from './capabilities';
import { TenantQuota } from './auth/tenant-quota';
import { startExecutor } from './executor/start-executor';
import { startNotifier, type Notifier } from './notifier/start-notifier';
import { ensureCorePack } from './packs/save/core-pack';
import { removeInterruptedUploads } from './packs/storage/interrupted-uploads';
import { resolvePackRoots } from './packs/sources/pack-roots';
import { workerSettings, type Settings } from './settings';
import { ensureAppLogin } from './store/database/app-login';
import { openDatabase, openPool, type Database } from './store/database/connection';
import { openDatabaseProbe } from './store/database/database-probe';
import { readStatistics } from './store/database/platform-statistics';
import { DEFAULT_USER, ensureDefaultUser, ensureSecret } from './store/identities/identities';
import { migrate } from './store/database/migrate';
import { openVault, type Vault } from './store/secrets/vault';
import { countActiveWorkers, listPresentWorkers, recordWorkerCrash } from './store/workers/workers';
import { superviseWorkers, type RoleProcessOptions } from './supervisor';
import { openDatabaseAccess } from './worker-access/database-access';
import { serveWorker } from './worker-access/serve-worker';
import { openWorkerFeed } from './worker-access/worker-feed';
import { heartbeatIntervalMs } from './worker/heartbeat';
import type { IsolationMode } from './worker/isolation/sandbox-command';
import { selectIsolation } from './worker/isolation/select-isolation';

/** Heartbeats that a worker may miss before it gets no more work. */
const HEARTBEATS_TO_STALE = 3;
const WORKERS_READY_MS = 30_000;
const WORKERS_POLL_MS = 20;
const NOT_CONFINED =
  'programs of packs are not confined on this host: they can read and change what this user can; see docs/security.md';
const CONNECTIONS = 12;
const OWNER_CONNECTIONS = 6;
/** Of each worker: its calls never wait for those of the API. */
const WORKER_CONNECTIONS = 4;
/** A worker's statements are short: one without an answer has lost its connection, ms. */
const STATEMENT_LIMIT_MS = 15_000;
const MIN_HEARTBEAT_LIMIT_MS = 1_000;

/** What the workers of this platform get, directly or by their calls. */
interface WorkerSupply {
  readonly apiUrl: string;
  /** Of the application's role. */
  readonly databaseUrl: string;
  readonly tokenSecret: string;
  readonly vault: Vault;
  readonly isConfined: boolean;
}

export interface Platform {
  readonly url: string;
  /** Of the notifier's own port; `/ws` is on the API's port too. */
  readonly notifierUrl: string;
  readonly login: string;
  readonly password: string;
  readonly instanceId: string;
  /** How programs of packs are confined; null: not at all. */
  readonly isolation: IsolationMode | null;
  /** Accepts no more requests, lets workers drain, and closes every connection. */
  close(): Promise<void>;
}

/** The workers did not become active in time. */
class WorkersNotReady extends Error {
  constructor(expected: number, active: number) {
    super(`${active} of ${expected} workers became active within ${WORKERS_READY_MS / 1_000} s: see the log above`);
    this.name = 'WorkersNotReady';
  }
}

/**
 * Migrates the database and starts every role: API, notifier and executor in this process, workers
 * in processes of their own. Resolves when requests are accepted and all workers are active.
 * Throws what kept it from starting, after everything that it started has been stopped.
 */
export async function startPlatform(settings: Settings, processOptions: RoleProcessOptions): Promise<Platform> {
  const starting = new PlatformStart(settings, processOptions);
  try {
    const { url, notifierPort, isolation } = await starting.run();
    const { login, password } = DEFAULT_USER;
    const notifierUrl = Object.assign(new URL(url), { port: notifierPort }).origin;
    const instanceId = settings.instance;
    return { url, notifierUrl, login, password, instanceId, isolation, close: () => starting.close() };
  } catch (error) {
    await starting.close();
    throw error;
  }
}

/** Starts the roles in the order in which they need each other, and closes them in reverse. */
class PlatformStart {
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly staleMs: number;

  constructor(
    private readonly settings: Settings,
    private readonly processOptions: RoleProcessOptions,
  ) {
    this.staleMs = settings.heartbeatMs * HEARTBEATS_TO_STALE;
  }

  async run(): Promise<{ url: string; notifierPort: number; isolation: IsolationMode | null }> {
    const { settings, processOptions } = this;
    const { log } = processOptions;
    const [isolation] = await Promise.all([this.selectIsolation(), migrate(settings.databaseUrl)]);
    const ownerPool = openPool(settings.databaseUrl, OWNER_CONNECTIONS);
    this.closers.push(() => ownerPool.end());
    const secrets = await loadSecrets(ownerPool, settings);
    const { tokenSecret } = secrets;
    const vault = openVault(secrets.encryptionKey);
    const appUrl = await this.logInApplication(ownerPool);
    const db = openDatabase(appUrl, CONNECTIONS, vault, settings);
    this.closers.push(() => db.close());
    const databaseProbe = openDatabaseProbe(settings.databaseUrl);
    this.closers.push(() => databaseProbe.close());
    await seedDatabase(db, ownerPool, processOptions.root);
    await removeInterruptedUploads(packsDirectory(settings));
    const tenantQuota = new TenantQuota(settings.limits.tenant);
    const notifierOptions = { ...settings, port: settings.notifierPort, db, tokenSecret, tenantQuota, log };
    const notifier = await startNotifier(notifierOptions);
    this.closers.push(() => notifier.close());
    const url = await this.startApi({ db, databaseProbe, tokenSecret, tenantQuota }, ownerPool, notifier, isolation);
    this.startWorkers({ apiUrl: url, databaseUrl: appUrl, tokenSecret, vault, isConfined: isolation !== null });
    const executorOptions = { ...settings, databaseUrl: appUrl, staleMs: this.staleMs };
    const executor = await startExecutor(db, ownerPool, executorOptions, log);
    this.closers.push(() => executor.stop());
    await waitForWorkers(db, settings);
    return { url, notifierPort: notifier.port, isolation };
  }

  /** How programs of packs are confined; null: not at all, of which the operator is warned. */
  private async selectIsolation(): Promise<IsolationMode | null> {
    const { bundlePath, root, log } = this.processOptions;
    const finding = await selectIsolation(this.settings, { program: bundlePath, root });
    if (finding.mode === null && finding.reason !== null) log.warn({ why: finding.reason }, NOT_CONFINED);
    return finding.mode;
  }

  /** Returns the application's connection URL. */
  private async logInApplication(ownerPool: Pool): Promise<string> {
    const password = await ensureSecret(ownerPool, 'app_password');
    return ensureAppLogin({ ownerPool, ownerUrl: this.settings.databaseUrl, password, log: this.processOptions.log });
  }

  private startWorkers({ apiUrl, databaseUrl, tokenSecret, vault, isConfined }: WorkerSupply): void {
    const { settings, processOptions } = this;
    const { leaseMs } = settings;
    const workers = Math.max(1, settings.workers);
    const db = openDatabase(databaseUrl, WORKER_CONNECTIONS * workers, vault, settings, STATEMENT_LIMIT_MS);
    const heartbeatDb = openDatabase(databaseUrl, workers, null, settings, heartbeatLimitMs(settings));
    this.closers.push(() => Promise.all([db.close(), heartbeatDb.close()]).then(() => undefined));
    const feed = openWorkerFeed(databaseUrl, processOptions.log);
    this.closers.push(() => feed.close());
    const supervisor = superviseWorkers(settings, {
      ...processOptions,
      onWorkerExit: (worker) => recordWorkerCrash(db, worker, { blamed: null, hasExited: true }),
      serve: (stream, name) => {
        const access = openDatabaseAccess({ db, heartbeatDb, tokenSecret, name, leaseMs });
        serveWorker(stream, { ...workerSettings(settings), apiUrl, name, isConfined }, access, feed);
      },
    });
    this.closers.push(() => supervisor.stop());
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  /** Returns the URL at which the API can be reached from this host. */
  private async startApi(
    access: Pick<ApiContext, 'db' | 'databaseProbe' | 'tokenSecret' | 'tenantQuota'>,
    ownerPool: Pool,
    notifier: Notifier,
    isolation: IsolationMode | null,
  ): Promise<string> {
    const { settings, processOptions, staleMs } = this;
    const { version } = JSON.parse(readFileSync(join(processOptions.root, 'package.json'), 'utf8')) as Package;
    const running = { ...settings, notifierPort: notifier.port, isolationMode: isolation };
    const manifest = buildManifest(running, version, new Date().toISOString());
    const context: ApiContext = {
      ...access,
      extensions: settings.extensions,
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
      version,
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

interface Package {
  readonly version: string;
}

/** A heartbeat without an answer is sent again while the leases are still valid. */
const heartbeatLimitMs = (settings: Settings): number =>
  Math.max(MIN_HEARTBEAT_LIMIT_MS, heartbeatIntervalMs(settings));

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

/** What a new database needs: the built-in pack and the first user. */
async function seedDatabase(db: Database, ownerPool: Pool, root: string): Promise<void> {
  await ensureCorePack(ownerPool, root);
  await ensureDefaultUser(db);
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

async function waitForWorkers(db: Database, settings: Settings): Promise<void> {
  const deadline = performance.now() + WORKERS_READY_MS;
  for (;;) {
    const active = await countActiveWorkers(db, `${settings.instance}-w`);
    if (active >= settings.workers) return;
    if (performance.now() > deadline) throw new WorkersNotReady(settings.workers, active);
    await pause(WORKERS_POLL_MS);
  }
}
