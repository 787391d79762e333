import { once } from 'node:events';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { searchPathRoot, workerTemporaryDirectory } from '../base/directories';
import { DiskFloor } from '../disk/disk-floor';
import type { WorkerSettings } from '../base/settings/settings';
import type { WorkerAccess } from '../workers/access/worker-access';
import type { WorkerFeed } from '../workers/access/worker-feed';
import { AttemptSlots } from './attempts/slots';
import { RELINQUISHED, SHUTDOWN } from './attempts/stop-reasons';
import { startEnvironmentRequests } from './environments/environment-requests';
import { createEnvironmentReporter } from './environments/environment-reporter';
import { startHeartbeat } from './heartbeat';
import type { PlatformAddress } from './isolation/platform-network';
import { openIsolation } from './isolation/select-isolation';
import { handleNotification } from './notifications';
import { startPackTests } from './attempts/pack-test-requests';
import { detectContainment } from './process/containment';
import { cleanUpOrphans } from './process/orphan-cleanup';
import { availableRuntimes } from './runtimes/choose-runtime';
import { superviseSensors } from './sensors/supervise';
import type { Containment, WorkerContext } from './worker-context';
import { waitForSpace } from './wait-for-space';
import { createWorkerLog } from './worker-log';
import { DiskWatch } from './disk/disk-watch';

/** Notifications can be lost: polling finds the work without one. */
const POLL_MS = 1_000;
const REQUEST_POLL_MS = 5_000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

interface WorkerOptions {
  readonly access: WorkerAccess;
  readonly feed: WorkerFeed;
  readonly settings: WorkerSettings;
  /** Unique in the database. */
  readonly name: string;
  readonly apiUrl: string;
  readonly presetVariables: WorkerContext['presetVariables'];
  /** Path of the platform's own program. */
  readonly program: string;
  /** Programs of packs are confined. */
  readonly isConfined: boolean;
  /** Called when attempts are accepted. */
  readonly onActive: () => void;
  /** Its reason is SHUTDOWN where the platform stops. */
  readonly stop: AbortSignal;
}

/**
 * Runs what this worker is assigned until `stop` aborts. Then it waits for its attempts,
 * suspends or relinquishes the rest (`AttemptSlots.drain`) and becomes inactive. Rejects when it
 * cannot register.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { settings, name, stop } = options;
  const log = createWorkerLog(name);
  const access = waitForSpace(options.access, new DiskFloor(settings), log);
  await cleanUpOrphans(name, workerTemporaryDirectory({ directory: settings.directory, worker: name }));
  const isolation = options.isConfined
    ? await openIsolation(settings, name, {
        ...programFiles(options),
        platform: platformAddress(options),
        onWarning: (why) => log.warn({ why }, 'programs are confined in part'),
      })
    : null;
  const [runtimes, containment] = await Promise.all([
    availableRuntimes(settings.containers),
    detectContainment(settings, name, log, isolation),
  ]);
  const worker = await access.registerWorker({
    runtimes,
    slots: settings.slots,
    meta: { host: hostname(), pid: process.pid, node: process.version, instance: settings.instance },
    capabilities: {
      containment: containment?.cgroups ? 'cgroup' : 'environment marker',
      labels: { ...settings.placement.labels },
      taints: settings.placement.taints.map((taint) => ({ ...taint })),
    },
  });
  const services = startServices({ ...options, access }, { worker, runtimes, containment, log });
  const unsubscribe = options.feed.subscribe({
    onConnected: () => {
      services.claimWork();
      services.checkEnvironments();
      services.checkPackTests();
      services.reconcileSensors();
    },
    onNotification: (payload) => handleNotification(payload, worker, services, log),
  });
  options.onActive();
  if (!stop.aborted) await once(stop, 'abort');
  await services.stop(stop.reason === SHUTDOWN);
  unsubscribe();
  await closeContainment(containment, log);
  await isolation?.close();
  await access.deactivateWorker().catch((error: unknown) => log.warn({ err: error }, 'could not deactivate'));
}

/** The modules of the platform's own program lie in the project, beside its packs. */
const programFiles = ({ program }: WorkerOptions) => ({
  program,
  root: searchPathRoot(process.env.NODE_PATH ?? program),
});

/** The notifier listens on the host of the API. */
const platformAddress = ({ apiUrl, settings }: WorkerOptions): PlatformAddress => {
  const { hostname: host, port, protocol } = new URL(apiUrl);
  const ports = [Number(port || DEFAULT_PORTS[protocol]), settings.notifierPort];
  return { host: host.replace(/^\[|\]$/g, ''), ports: ports.filter((known) => known > 0) };
};

interface Registration {
  readonly worker: number;
  readonly runtimes: Readonly<Record<string, string>>;
  readonly containment: Containment | null;
  readonly log: Logger;
}

/**
 * Starts attempts, sensors, environment builds, tests of packs and the heartbeat. `stop` settles
 * when all have ended.
 */
function startServices(options: WorkerOptions, { worker, runtimes, containment, log }: Registration) {
  const { access, settings, name, apiUrl, presetVariables, program } = options;
  const containers = settings.containers && { ...settings, ...settings.containers };
  const findKept = (tenant: number, paths: readonly string[]) => access.listKeptFiles(tenant, paths);
  const diskWatch = new DiskWatch({ ...settings, tenantBytes: settings.limits.tenant.storedBytes, log, findKept });
  const place = { apiUrl, presetVariables, program, worker: name, log };
  const workerContext = { ...settings, ...place, containers, containment, diskWatch };
  const reportEnvironment = createEnvironmentReporter(access, workerContext, log);
  const common = { access, workerContext, reportEnvironment, log };
  const builds = new AbortController();
  const slots = new AttemptSlots({ ...common, settings });
  const sensors = settings.roles.includes('sensor')
    ? superviseSensors({ ...common, worker, runtimes, settings })
    : null;
  const environments = startEnvironmentRequests({ ...common, stop: builds.signal });
  const packTests = startPackTests({ ...common, settings });
  const claimWork = () => slots.claimWork();
  const cancel = (execution: number) => slots.cancel(execution);
  const passLimit = (execution: number) => slots.passLimit(execution);
  const relinquish = (fencingToken: number) => slots.relinquish(fencingToken);
  const fencingTokens = () => [...slots.fencingTokens(), ...(sensors?.fencingTokens() ?? [])];
  const requestPoll = setInterval(() => {
    environments.checkRequests();
    packTests.checkRequests();
  }, REQUEST_POLL_MS);
  const heartbeat = startHeartbeat({ access, settings, log, fencingTokens, cancel, relinquish });
  const workPoll = setInterval(claimWork, POLL_MS);
  return {
    claimWork,
    cancel,
    passLimit,
    checkEnvironments: () => environments.checkRequests(),
    checkPackTests: () => packTests.checkRequests(),
    reconcileSensors: () => sensors?.requestReconcile(),
    stop: async (isShutdown: boolean) => {
      clearInterval(workPoll);
      clearInterval(requestPoll);
      builds.abort(RELINQUISHED);
      await Promise.all([slots.drain(isShutdown), environments.finish(), packTests.stop(), sensors?.stop()]);
      heartbeat.stop();
    },
  };
}

async function closeContainment(containment: Containment | null, log: Logger): Promise<void> {
  await containment?.preforkPool.close();
  await containment?.cgroups
    ?.close()
    .catch((error: unknown) => log.warn({ err: error }, 'could not remove the control groups'));
}
