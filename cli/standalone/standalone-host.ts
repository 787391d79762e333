import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { allArtifactsDirectory, packageSearchPath, workerTemporaryDirectory } from '../../platform/base/directories';
import { errorCode, errorMessage } from '../../platform/base/error-details';
import type { Watchdog } from '../../platform/embedded/watchdog';
import { workerSettings, type settingsFrom, type WorkerSettings } from '../../platform/base/settings/settings';
import type { StandaloneSettings } from '../../platform/workers/rpc/standalone-protocol';
import type { ConnectionFailure } from '../../platform/workers/standalone/worker/connection-failure';
import { FileShipper } from '../../platform/workers/standalone/worker/file-shipper';
import { LeaseWatch } from '../../platform/workers/standalone/worker/lease-watch';
import { LogShipper } from '../../platform/workers/standalone/worker/log-shipper';
import { PackStore } from '../../platform/workers/standalone/worker/pack-store';
import { PlatformConnection } from '../../platform/workers/standalone/worker/platform-connection';
import type { TokenSource } from '../../platform/workers/standalone/worker/token-renewal';
import { workerSideAccess } from '../../platform/workers/standalone/worker/worker-side-access';
import { superviseWorkers } from '../../platform/start/supervisor';
import { serveWorker } from '../../platform/workers/rpc/serve-worker';
import type { WorkerAccess } from '../../platform/workers/access/worker-access';
import { stricterNetwork } from '../../platform/worker/isolation/network-mode';
import { selectIsolation } from '../../platform/worker/isolation/select-isolation';
import { rememberOutputsIn } from '../../platform/worker/runtimes/remembered-output';
import { removeEarlierLeftovers } from '../../platform/worker/process/worker-leftovers';
import { usageError } from '../failures';
import type { LaunchOptions } from '../launch-options';
import { writeProgram } from '../serve/write-program';
import type { StandaloneFlags } from './standalone-flags';
import { removeTree } from '../../platform/files/remove-tree';

export interface HostOptions {
  readonly flags: StandaloneFlags;
  readonly tokens: TokenSource;
  readonly fromEnvironment: ReturnType<typeof settingsFrom>;
  readonly launchOptions: LaunchOptions;
  readonly watchdog: Watchdog;
  readonly log: Logger;
}

interface StandaloneHost {
  /** Resolves when the worker cannot go on. */
  readonly failed: Promise<ConnectionFailure>;
  /** How long a stop lets attempts run on: that of the platform. */
  readonly shutdownGraceMs: number;
  /** Lets attempts end, and closes the connection. */
  stop(): Promise<void>;
}

/**
 * Connects to the platform and starts the worker process of this host, which knows the platform by
 * this one. Throws ConnectionFailure, CommandError, SettingError, IsolationUnavailable.
 */
export async function startStandaloneHost(options: HostOptions): Promise<StandaloneHost> {
  const { flags, tokens, launchOptions, watchdog, log } = options;
  const settings = hostSettings(options);
  rememberOutputsIn(launchOptions.root);
  const lock = await lockDirectory(settings.directory);
  const bundlePath = writeProgram(watchdog.directory, launchOptions);
  const program = { bundlePath, root: launchOptions.root, log };
  const stopping = new AbortController();
  let leases: LeaseWatch | null = null;
  let fail: (failure: ConnectionFailure) => void = () => undefined;
  const failed = new Promise<ConnectionFailure>((resolve) => (fail = resolve));
  const { api: url, name } = flags;
  const held = () => leases?.fencingTokens ?? [];
  const connection = new PlatformConnection({ url, name, tokens, held, onFailure: (why) => fail(why), log });
  try {
    await removeEarlierLeftovers(settings);
    await removeTree(allArtifactsDirectory(settings));
    const finding = await selectIsolation(settings, { program: bundlePath, root: launchOptions.root });
    if (finding.mode === null && finding.reason !== null)
      log.warn({ why: finding.reason }, 'programs are not confined on this host');
    const { settings: agreed } = await connection.open();
    leases = new LeaseWatch(agreed.leaseMs);
    const access = accessOfWorker(options, { settings, connection, leases, bundlePath, log, stop: stopping.signal });
    const start = { ...agreedSettings(settings, agreed), apiUrl: url, presetVariables: {} };
    const supervisor = superviseWorkers(start, {
      ...program,
      ready: Promise.resolve(),
      onWorkerExit: async (_worker, isRecorded) => {
        if (!isRecorded) await connection.access.recordExit();
      },
      serve: (stream, worker) => {
        failed.then(() => stream.destroy()).catch(() => undefined); // what it runs is run elsewhere
        const { feed } = connection;
        serveWorker(stream, { ...start, name: worker, isConfined: finding.mode !== null }, access, { feed, log });
      },
    });
    const stop = async (): Promise<void> => {
      await supervisor.stop();
      stopping.abort();
      connection.close();
      lock.release();
    };
    return { failed, shutdownGraceMs: start.shutdownGraceMs, stop };
  } catch (error) {
    connection.close();
    lock.release();
    throw error;
  }
}

interface WorkerSide {
  readonly settings: WorkerSettings;
  readonly connection: PlatformConnection;
  readonly leases: LeaseWatch;
  readonly bundlePath: string;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

function accessOfWorker(
  { flags, launchOptions }: HostOptions,
  { settings, connection, leases, bundlePath, log, stop }: WorkerSide,
): WorkerAccess {
  const { access } = connection;
  const { directory, instance } = settings;
  const { label: labels = {}, taint: taints = [], json, name, api } = flags;
  return workerSideAccess({
    access,
    placement: { labels, taints },
    leases,
    packs: new PackStore({
      access,
      directory,
      stop,
      temporaryDirectory: workerTemporaryDirectory({ directory, worker: `${instance}-packs` }),
      program: { path: bundlePath, modules: packageSearchPath(launchOptions.root) },
    }),
    logs: new LogShipper(access, directory),
    files: new FileShipper({ access, directory, log }),
    log,
    stop,
    onRegistered: (worker) => {
      const line = json ? JSON.stringify({ worker, name, api, pid: process.pid }) : `worker ${name} runs for ${api}`;
      process.stdout.write(`${line}\n`);
    },
  });
}

/** Of this host; what must agree with the platform is replaced when it is known. */
function hostSettings({ flags, fromEnvironment, watchdog }: HostOptions): WorkerSettings {
  return workerSettings({
    ...fromEnvironment,
    joins: false,
    remoteApiUrl: flags.api,
    host: '127.0.0.1',
    port: 0,
    notifierPort: 0,
    source: '',
    roles: ['worker'],
    workers: 1,
    slots: flags.slots ?? fromEnvironment.slots,
    directory: resolve(flags.directory ?? watchdog.directory),
    instance: watchdog.instance,
  });
}

const agreedSettings = (settings: WorkerSettings, agreed: StandaloneSettings): WorkerSettings => ({
  ...settings,
  ...agreed,
  actionNetwork: stricterNetwork(settings.actionNetwork, agreed.actionNetwork),
});

/** Other users may enter it, and not list it: confined programs have users of their own. */
const ENTER_ONLY = 0o711;

/**
 * Creates the directory, and keeps other workers of this host from it until this process ends, in
 * whatever way: the kernel removes a socket without a file. Throws CommandError, exit 2.
 */
async function lockDirectory(directory: string): Promise<{ release(): void }> {
  try {
    mkdirSync(directory, { recursive: true, mode: ENTER_ONLY });
    const name = createHash('sha256').update(realpathSync(directory)).digest('hex');
    return await listenWithoutFile(`\0tuningfork-worker-${name}`);
  } catch (error) {
    const why = errorCode(error) === 'EADDRINUSE' ? 'another worker uses it' : errorMessage(error);
    throw usageError(`DIRECTORY_UNUSABLE: ${directory}: ${why}; use --directory with one of its own`);
  }
}

async function listenWithoutFile(path: string): Promise<{ release(): void }> {
  const server: Server = createServer((socket) => socket.destroy()).listen(path);
  await once(server, 'listening');
  server.unref();
  return { release: () => void server.close() };
}
