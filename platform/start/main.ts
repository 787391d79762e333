import type { Pool } from 'pg';
import type { Role } from '../../contract/capabilities';
import { setClockOffset } from '../base/clock';
import { packsDirectory } from '../base/directories';
import { TenantQuota } from '../auth/tenant-quota';
import { startExecutor } from '../executor/start-executor';
import { startNotifier, type Notifier } from '../notifier/start-notifier';
import { ensureCorePack } from '../packs/save/core-pack';
import { removeInterruptedUploads, removeTestEnvironments } from '../packs/storage/interrupted-uploads';
import { isDirectory } from '../packs/storage/is-directory';
import { startPushDelivery } from '../workers/external/start-push-delivery';
import { SettingError } from '../base/settings/values';
import type { Settings } from '../base/settings/settings';
import { addressOf, startApi } from './start-api';
import { startWorkers, waitForWorkers } from './start-workers';
import { namesToReserve } from '../base/worker-names';
import { endOtherPlatforms } from '../store/workers/executors';
import { otherKindNamed } from '../store/workers/workers';
import { nameInUse } from '../store/database/stack/stack-membership';
import { ensureAppLogin } from '../store/database/app-login';
import { openDatabase, openPool, type Database } from '../store/database/connection';
import { openDatabaseProbe } from '../store/database/database-probe';
import { rejectWhileAway } from '../store/database/reachable-database';
import {
  createFirstAdministrator,
  DEFAULT_USER,
  rejectKnownPassword,
  type FirstAdministrator,
} from '../store/identities/first-administrator';
import { ensureSecret } from '../store/database/secret-settings';
import { migrate, readPlatformSet } from '../store/database/migrate';
import { setDigest } from '../store/database/sql-files';
import { rejectOtherBuilds } from '../store/database/stack/stack-build';
import { enterStack, type StackMembership } from '../store/database/stack/stack-membership';
import { followMovedDirectory } from '../store/packs/moved-directory';
import { seedRetention } from '../store/records/retention-passes';
import { followClocks, type ClockFollower } from '../store/clock/follow-clocks';
import { requireRealClocks } from '../store/clock/require-real-clocks';
import { loadEncryptionKeys } from '../store/secrets/encryption-keys';
import { openVault } from '../store/secrets/vault';
import { sealClearWebhookSecrets } from '../store/secrets/webhook-secrets';
import type { RoleProcessOptions } from './supervisor';
import { tenantLimitsOnHost, warnOfMemory } from '../base/host/host-memory';
import type { IsolationMode } from '../worker/isolation/confinement-spec';
import { requireEngine } from '../worker/runtimes/engine';
import { rememberOutputsIn } from '../worker/runtimes/remembered-output';
import { selectIsolation } from '../worker/isolation/select-isolation';
import { removeEarlierLeftovers } from '../worker/process/worker-leftovers';
import { tenantFileBytes } from '../disk/tenant-tree';

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
  /** Of the API, in this process or in another one of the stack; null: it is not known here. */
  readonly url: string | null;
  /** Of the notifier's own port; `/ws` is on the API's port too. Null: none in this process. */
  readonly notifierUrl: string | null;
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
 * Migrates the database and starts the roles of the settings: API, notifier and executor in this
 * process, workers and sensors in processes of their own. `opening` resolves to the connection URL
 * of the database's owner. Resolves when requests are accepted and all workers are active. Throws
 * what kept it from starting, after everything that it started has been stopped. The first
 * administrator is created last: a start that fails does not lose its password.
 */
export async function startPlatform(
  opening: Promise<string>,
  settings: Settings,
  processOptions: RoleProcessOptions,
  administrator: AdministratorOptions,
): Promise<Platform> {
  setClockOffset(settings.clockOffsetMs);
  rememberOutputsIn(processOptions.root);
  const starting = new PlatformStart(opening, settings, processOptions, administrator);
  try {
    const started = await starting.run();
    const { login } = DEFAULT_USER;
    return { ...started, login, instanceId: settings.instance, close: () => starting.close() };
  } catch (error) {
    await starting.close();
    throw error;
  }
}

type StartedRoles = Omit<Platform, 'login' | 'instanceId' | 'close'>;

interface OpenedDatabase extends Pick<Platform, 'stackId' | 'replaced'> {
  readonly ownerUrl: string;
  /** No other platform runs on it: where this one has its files is where they are. */
  readonly isAlone: boolean;
}

interface ExecutorConnections {
  readonly db: Database;
  readonly appUrl: string;
}

/** Starts the roles in the order in which they need each other, and closes them in reverse. */
class PlatformStart {
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly staleMs: number;
  /** Null until the database is taken for this stack. */
  private membership: StackMembership | null = null;
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
    const workers = startWorkers(settings, processOptions);
    this.closers.push(() => workers.stop());
    const selecting = this.selectIsolation();
    this.closers.push(async () => {
      await selecting.catch(() => undefined); // its probe makes directories
    });
    const openingMigrated = this.openMigrated();
    this.closers.push(async () => {
      // Also when something else ends the start first: the caller stops the database next.
      await openingMigrated.catch(() => undefined);
      await this.membership?.leave();
    });
    const checking = this.has('worker') ? requireEngine(settings.containers) : null;
    const [isolation, opened] = await Promise.all([selecting, openingMigrated, checking]);
    const { ownerUrl, stackId, isAlone, replaced } = opened;
    const database = await this.openForRoles(ownerUrl);
    const { db, ownerPool, appUrl, tokenSecret, vault } = database;
    await ensureCorePack(ownerPool, { root: processOptions.root, build: settings.source });
    await rejectReservedName(db, settings);
    if (isAlone) {
      await followMovedDirectory(ownerPool, settings.directory, isDirectory);
      await endOtherPlatforms(ownerPool, settings.instance);
    }
    if (!settings.joins) await removeLeftovers(db, settings);
    if (administrator.isExposed) await rejectKnownPassword(db);
    const tenantQuota = new TenantQuota(tenantLimitsOnHost(settings.limits.tenant, settings), (tenant) =>
      tenantFileBytes(settings.directory, tenant),
    );
    const notifier = this.has('notifier') ? await this.startNotifier(ownerUrl, { db, tokenSecret, tenantQuota }) : null;
    const served = { ...settings, notifierPort: notifier?.port ?? settings.notifierPort };
    const shared = { ...database, databaseUrl: appUrl, tenantQuota, stackId, settings: served, notifier, isolation };
    const api = this.has('api') ? await this.startApi(shared) : null;
    const url = api?.url ?? settings.remoteApiUrl;
    const isConfined = isolation !== null;
    const needsWorkers = this.has('worker') || this.has('sensor');
    const apiUrl = api?.programUrl ?? url;
    if (apiUrl !== null && needsWorkers)
      workers.supply({ settings: served, apiUrl, databaseUrl: appUrl, tokenSecret, vault, isConfined });
    this.closers.push(() => workers.stop());
    if (this.has('executor')) await this.startExecutor(database);
    if (this.has('worker')) workers.adopt();
    await waitForWorkers(db, settings);
    this.hasWorkers = true;
    const isAdministratorNew = await createFirstAdministrator(db, administrator);
    if (administrator.isExposed && !isAdministratorNew) await rejectKnownPassword(db); // another platform made it
    const host = this.has('api') && url !== null ? new URL(url).hostname : settings.host;
    const notifierUrl = notifier && addressOf(host, notifier.port);
    return { url, notifierUrl, isolation, isAdministratorNew, stackId, replaced };
  }

  private has(role: Role): boolean {
    return this.settings.roles.includes(role);
  }

  /** Opens the connections that the roles of this process share. */
  private async openForRoles(ownerUrl: string) {
    const { settings } = this;
    const { log } = this.processOptions;
    const ownerPool = openPool(ownerUrl, OWNER_CONNECTIONS);
    this.closers.push(() => ownerPool.end());
    const tokenSecret = settings.tokenSecret ?? (await ensureSecret(ownerPool, 'token_secret'));
    const keys = await loadEncryptionKeys(ownerPool, settings);
    await seedRetention(ownerPool, settings.retentionSeconds);
    const vault = openVault(keys.current, keys.former);
    await sealClearWebhookSecrets(ownerPool, vault);
    if (!settings.virtualTime) await requireRealClocks(ownerPool);
    const appUrl = await this.logInApplication(ownerPool, ownerUrl);
    const db = openDatabase(appUrl, CONNECTIONS, vault, { ...settings, log }, STATEMENT_LIMIT_MS);
    this.closers.push(() => db.close());
    const databaseProbe = openDatabaseProbe(ownerUrl);
    this.closers.push(() => databaseProbe.close());
    const clocks = settings.virtualTime ? await this.followClocks(db, appUrl) : null;
    return { ownerPool, tokenSecret, vault, appUrl, db, databaseProbe, ...(clocks && { clocks }) };
  }

  private async followClocks(db: Database, appUrl: string): Promise<ClockFollower> {
    const clocks = await followClocks(db, appUrl, this.processOptions.log);
    this.closers.push(() => clocks.close());
    return clocks;
  }

  private async startNotifier(
    databaseUrl: string,
    access: Pick<Parameters<typeof startNotifier>[0], 'db' | 'tokenSecret' | 'tenantQuota'>,
  ): Promise<Notifier> {
    const { settings, processOptions } = this;
    const port = settings.notifierPort;
    const notifier = await startNotifier({ ...settings, ...access, port, databaseUrl, log: processOptions.log });
    this.closers.push(() => notifier.close());
    return notifier;
  }

  private async startApi(
    options: Omit<Parameters<typeof startApi>[0], 'drain' | 'processOptions' | 'staleMs' | 'hasWorkers'>,
  ): Promise<Awaited<ReturnType<typeof startApi>>> {
    const { processOptions, staleMs, drain } = this;
    const db = rejectWhileAway(options.db, options.databaseProbe);
    const hasWorkers = () => this.hasWorkers;
    const api = await startApi({ ...options, db, processOptions, staleMs, drain, hasWorkers });
    this.closers.push(() => api.close());
    return api;
  }

  private async startExecutor({ db, appUrl }: ExecutorConnections): Promise<void> {
    const options = { ...this.settings, databaseUrl: appUrl, staleMs: this.staleMs };
    const executor = await startExecutor(db, options, this.processOptions.log);
    this.closers.push(() => executor.stop());
    if (!this.settings.extensions) return;
    const deliveries = startPushDelivery(db, options, this.processOptions.log);
    this.closers.push(() => deliveries.stop());
  }

  /** How programs of packs are confined; null: not at all, of which the operator is warned. */
  private async selectIsolation(): Promise<IsolationMode | null> {
    const { bundlePath, root, log } = this.processOptions;
    const finding = await selectIsolation(this.settings, { program: bundlePath, root });
    if (finding.mode !== null) warnOfMemory(this.settings, log);
    if (finding.mode !== null || finding.reason === null) return finding.mode;
    requireFullNetwork(this.settings, finding.reason);
    log.warn({ why: finding.reason }, NOT_CONFINED);
    return null;
  }

  /** Takes the database for this stack, and brings it up to date. */
  private async openMigrated(): Promise<OpenedDatabase> {
    const ownerUrl = await this.opening;
    const { instance, joins, roles, source } = this.settings;
    const workerNames = namesToReserve(this.settings);
    const { log } = this.processOptions;
    const set = await readPlatformSet();
    const schema = setDigest(set);
    this.membership = await enterStack(ownerUrl, { instance, joins, roles, workerNames, schema, log });
    await migrate(ownerUrl, source, { set, beforeUpgrade: (client) => rejectOtherBuilds(client, schema) });
    const stackId = await this.membership.confirm();
    return { ownerUrl, stackId, isAlone: await this.membership.isAlone(), replaced: this.membership.replaced };
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
}

/** Throws WORKER_NAME_IN_USE: a worker of another kind has the name. */
async function rejectReservedName(db: Database, settings: Settings): Promise<void> {
  const name = await otherKindNamed(db, namesToReserve(settings));
  if (name !== null) throw nameInUse(name);
}

/** What a platform that was killed left in its directory. */
async function removeLeftovers(db: Database, settings: Settings): Promise<void> {
  await removeInterruptedUploads(db, packsDirectory(settings));
  await removeTestEnvironments(settings);
  await removeEarlierLeftovers(settings);
}

/** Programs that are not confined have the network of the host. Throws SettingError. */
function requireFullNetwork({ actionNetwork }: Settings, reason: string): void {
  if (actionNetwork === 'full') return;
  const expected = `full, because programs cannot be confined here: ${reason}`;
  throw new SettingError('PLATFORM_ACTION_NETWORK', actionNetwork, expected);
}
