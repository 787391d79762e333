import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Pool } from 'pg';
import { parseAddressList } from '../base/http/address-list';
import type { ApiContext } from '../api/http/context';
import { removeAbandonedBodies } from '../api/internal/abandoned-bodies';
import { openReadiness } from '../api/status/readiness';
import { directoryPage } from '../api/page/directory-page';
import { ownPage } from '../api/page/own-page';
import { buildApi } from '../api/http/server';
import { ROUTES } from '../api/routes';
import { buildManifest, withPresence } from './capabilities';
import { livenessNow } from '../base/clock';
import { packageSearchPath, packsDirectory, receivedFilesDirectory } from '../base/directories';
import { DiskFloor } from '../disk/disk-floor';
import { listenForPrograms, trustsThisHost } from '../api/http/program-listener';
import { Dispatcher } from '../executor/dispatch/dispatch';
import type { Notifier } from '../notifier/start-notifier';
import { resolvePackRoots } from '../packs/sources/pack-roots';
import type { Settings } from '../base/settings/settings';
import { CONNECT_PATH } from '../workers/rpc/standalone-protocol';
import { StandaloneWorkers } from '../workers/standalone/server/standalone-workers';
import { notifyDispatch } from '../store/database/notify';
import { runningInstances } from '../store/database/stack/running-instances';
import { readStatistics } from '../store/database/platform-statistics';
import { presentRoles } from '../store/database/stack/stack-roles';
import type { Vault } from '../store/secrets/vault';
import { listPresentWorkers } from '../store/workers/workers';
import type { RoleProcessOptions } from './supervisor';
import { pathname, refuseUpgrade } from '../base/http/web-sockets';
import { tenantUid } from '../worker/isolation/isolation';
import type { IsolationMode } from '../worker/isolation/confinement-spec';
import { removeTree } from '../files/remove-tree';
import { parseJsonText } from '../../contract/json-text/parse-json-text';

interface ApiOptions extends Pick<
  ApiContext,
  'db' | 'databaseProbe' | 'tokenSecret' | 'tenantQuota' | 'stackId' | 'drain' | 'clocks'
> {
  /** With the notifier's port as it is. */
  readonly settings: Settings;
  readonly processOptions: RoleProcessOptions;
  readonly ownerPool: Pool;
  /** Of the application's role. */
  readonly databaseUrl: string;
  readonly vault: Vault;
  /** Null: none runs in this process. */
  readonly notifier: Notifier | null;
  readonly isolation: IsolationMode | null;
  /** A worker that is silent for longer gets no work, ms. */
  readonly staleMs: number;
  /** Until then, the executor decides what happens to an execution. */
  readonly hasWorkers: () => boolean;
}

interface StartedApi {
  /** At which it can be reached from this host. */
  readonly url: string;
  /** The same for the programs of this process's workers. */
  readonly programUrl: string;
  close(): Promise<void>;
}

/** Accepts requests when it resolves. Throws what kept it from listening. */
export async function startApi(options: ApiOptions): Promise<StartedApi> {
  const { settings, processOptions, notifier, ownerPool } = options;
  const running = await runningInstances(ownerPool);
  if (running !== null) await removeAbandonedBodies(settings.directory, running);
  const api = buildApi(await apiContext(options), ROUTES, processOptions.log);
  const standalone = settings.extensions ? openStandaloneWorkers(options) : null;
  if (standalone !== null) routeUpgrades(api.server, standalone, notifier);
  const address = new URL(await api.listen({ host: settings.host, port: settings.port }));
  const hostname = isWildcard(settings.host) ? settings.host : address.hostname;
  const url = addressOf(hostname, Number(address.port));
  const programs = hasTrustedProgramHost(settings) ? await listenForPrograms(api.server, hostOf(url)) : null;
  const close = async (): Promise<void> => {
    programs?.close();
    // The server closes only after its sockets.
    await Promise.all([notifier?.closeAll(), standalone?.close()]);
    await api.close();
    await removeTree(receivedFilesDirectory(settings, settings.instance));
  };
  return { url, programUrl: programs ? addressOf(hostOf(url), programs.port) : url, close };
}

/** Programs that run here must not be taken for a proxy. */
const hasTrustedProgramHost = ({ roles, trustedProxies }: Settings): boolean =>
  (roles.includes('worker') || roles.includes('sensor')) && trustsThisHost(parseAddressList(trustedProxies).list);

/** Without the brackets of an IPv6 address. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

const openStandaloneWorkers = (options: ApiOptions): StandaloneWorkers => {
  const { settings, db, tokenSecret, vault, databaseUrl, tenantQuota, processOptions } = options;
  return new StandaloneWorkers({
    settings,
    db,
    tokenSecret,
    vault,
    databaseUrl,
    tenantQuota,
    log: processOptions.log,
    ...ownerOfFiles(options),
  });
};

/** Both kinds of sockets are on the port of the API. */
function routeUpgrades(server: Server, standalone: StandaloneWorkers, notifier: Notifier | null): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy()); // the connection failed before its upgrade
    if (pathname(request.url ?? '') === CONNECT_PATH) void standalone.handleUpgrade(request, socket, head);
    else if (notifier !== null) void notifier.handleUpgrade(request, socket, head);
    else refuseUpgrade(socket, '404 Not Found');
  });
}

/** The URL at which this host reaches what listens on an address and a port. */
export function addressOf(host: string, port: number): string {
  if (isWildcard(host)) return `http://127.0.0.1:${port}`;
  const isPlainIpv6 = host.includes(':') && !host.startsWith('[');
  return `http://${isPlainIpv6 ? `[${host}]` : host}:${port}`;
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Programs that are confined run as a user of their tenant. */
const ownerOfFiles = ({ isolation, settings }: ApiOptions): Pick<ApiContext, 'userOfPrograms'> =>
  isolation === 'root' ? { userOfPrograms: (tenant) => tenantUid(settings.firstActionUid, tenant) } : {};

async function apiContext(options: ApiOptions): Promise<ApiContext> {
  const { settings, processOptions, staleMs, isolation, notifier } = options;
  const { version } = parseJsonText(readFileSync(join(processOptions.root, 'package.json'), 'utf8')) as Package;
  const running = { ...settings, isolationMode: isolation };
  const manifest = buildManifest(running, version, new Date(livenessNow()).toISOString());
  return {
    ...accessOf(options),
    extensions: settings.extensions,
    selfRegistration: settings.selfRegistration,
    ...pageContext(settings, processOptions),
    queueChangeMs: settings.queueChangeMs,
    loginAttemptLimit: settings.loginTries,
    trustedProxies: parseAddressList(settings.trustedProxies).list,
    acceptsWorkerTokens: settings.acceptsWorkerTokens,
    refreshRotation: settings.refreshRotation,
    packsDirectory: packsDirectory(settings),
    packRoots: await resolvePackRoots(settings.packRoots, settings.directory),
    egressPolicy: settings.egress,
    directory: settings.directory,
    diskFloor: new DiskFloor(settings),
    readiness: openReadiness({ ...options, directory: settings.directory, instance: settings.instance }),
    program: { path: processOptions.bundlePath, modules: packageSearchPath(processOptions.root) },
    ...ownerOfFiles(options),
    workerStaleMs: staleMs,
    ...dispatchContext(options),
    version,
    ...(settings.agentPrograms && { agentPrograms: settings.agentPrograms }),
    platform: manifest.platform,
    roles: settings.roles,
    manifest: () => readManifest(manifest, options),
    ...(notifier && { subscriptionHub: notifier }),
    ...metricsContext(options),
  };
}

/** A client that is named is shown whatever the platform adds to the contract. */
function pageContext(
  { webDirectory, notifierPort, extensions }: Settings,
  { root }: RoleProcessOptions,
): Pick<ApiContext, 'page'> {
  if (webDirectory !== null) return { page: directoryPage(webDirectory, notifierPort) };
  return extensions ? { page: ownPage(root) } : {};
}

const accessOf = ({ db, databaseProbe, tokenSecret, tenantQuota, stackId, drain, clocks }: ApiOptions) => ({
  db,
  databaseProbe,
  tokenSecret,
  tenantQuota,
  drain,
  ...(stackId !== undefined && { stackId }),
  ...(clocks && { clocks }),
});

async function readManifest(manifest: ReturnType<typeof buildManifest>, { db }: ApiOptions) {
  const [workers, roles] = await Promise.all([listPresentWorkers(db), presentRoles(db)]);
  return withPresence(manifest, { workers, roles });
}

/** Where an executor runs in this process, a request dispatches its own execution. */
function dispatchContext({ settings, staleMs, hasWorkers }: ApiOptions): Pick<ApiContext, 'dispatchOne'> {
  if (!settings.roles.includes('executor')) return {};
  return {
    dispatchOne: async (transaction, { tenant, execution }) => {
      if (hasWorkers()) await new Dispatcher(transaction, tenant, staleMs).dispatchOne(execution);
      else await notifyDispatch(transaction, tenant);
    },
  };
}

function metricsContext({ settings, ownerPool, notifier, vault }: ApiOptions): Pick<ApiContext, 'metrics'> {
  const { metricsToken: token } = settings;
  if (token === null) return {};
  const subscribers = () => notifier?.stats() ?? { connected_clients: 0, total_subscriptions: 0 };
  const read = async () => ({
    statistics: await readStatistics(ownerPool),
    subscribers: subscribers(),
    unsealFailures: vault.unsealFailures(),
  });
  return { metrics: { token, read } };
}

interface Package {
  readonly version: string;
}
