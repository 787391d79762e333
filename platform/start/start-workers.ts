import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { workerSettings, type Settings } from '../base/settings/settings';
import { openDatabase, type Database } from '../store/database/connection';
import type { Vault } from '../store/secrets/vault';
import { countActiveWorkers, recordWorkerCrash } from '../store/workers/workers';
import { recordProcessEnd } from '../store/workers/supervised-workers';
import { superviseWorkers, type RoleProcessOptions, type Supervisor } from './supervisor';
import { TenantWorkers } from './tenant-workers';
import { isOwnProcess, registeredName } from '../base/worker-names';
import { openDatabaseAccess } from '../workers/access/database-access';
import { serveWorker } from '../workers/rpc/serve-worker';
import { tenantWorkerAccess } from '../workers/access/tenant-worker-access';
import { openWorkerFeed } from '../workers/access/worker-feed';
import { heartbeatIntervalMs } from '../worker/heartbeat';

const WORKERS_READY_MS = 30_000;
const WORKERS_POLL_MS = 20;
/** Of each worker: its calls never wait for those of the API. */
const CONNECTIONS = 4;
/** A worker's statements are short: one without an answer has lost its connection, ms. */
const STATEMENT_LIMIT_MS = 15_000;
const MIN_HEARTBEAT_LIMIT_MS = 1_000;

const NO_PLACEMENT: Settings['placement'] = { labels: {}, taints: [] };

/** What the workers of this platform get, directly or by their calls. */
interface WorkerSupply {
  readonly settings: Settings;
  readonly apiUrl: string;
  /** Of the application's role. */
  readonly databaseUrl: string;
  readonly tokenSecret: string;
  readonly vault: Vault;
  readonly isConfined: boolean;
}

/** The workers did not become active in time. */
class WorkersNotReady extends Error {
  constructor(expected: number, active: number) {
    super(`${active} of ${expected} workers became active within ${WORKERS_READY_MS / 1_000} s: see the log above`);
    this.name = 'WorkersNotReady';
  }
}

export interface StartedWorkers {
  /** Serves the calls of the worker processes, which wait for it: they then become active. */
  supply(supply: WorkerSupply): void;
  /** Runs the managed workers of tenants too. The executor of this platform has started. */
  adopt(): void;
  /** May be called again. */
  stop(): Promise<void>;
}

/** Starts the worker processes: they load the program while the platform starts. */
export function startWorkers(
  settings: Pick<Settings, 'workers' | 'instance' | 'directory' | 'shutdownGraceMs' | 'killGraceMs'>,
  processOptions: RoleProcessOptions,
): StartedWorkers {
  let service: WorkerService | undefined;
  let markServed: (service: WorkerService) => void;
  const served = new Promise<WorkerService>((resolve) => (markServed = resolve));
  const supervisor = superviseWorkers(settings, {
    ...processOptions,
    ready: served,
    onWorkerExit: async (worker, isRecorded) => (await served).recordExit(worker, isRecorded),
    serve: (stream, name) => void served.then(({ serve }) => serve(stream, name)),
  });
  let tenantWorkers: TenantWorkers | undefined;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await tenantWorkers?.stop();
    await supervisor.stop(); // its workers write to the database until they have ended
    await tenantWorkers?.recordEnds();
    await service?.close();
  };
  return {
    supply: (supply) => markServed((service = openWorkerService(supply, processOptions))),
    adopt: () => {
      if (service) tenantWorkers = service.adopt(supervisor);
    },
    stop: () => (stopping ??= stop()),
  };
}

/** The calls of worker processes, and the connections that answer them. */
interface WorkerService {
  recordExit(worker: string, isRecorded: boolean): Promise<void>;
  adopt(supervisor: Supervisor): TenantWorkers;
  serve(stream: Duplex, name: string): void;
  close(): Promise<void>;
}

function openWorkerService(supply: WorkerSupply, { log }: RoleProcessOptions): WorkerService {
  const { settings, apiUrl, databaseUrl, tokenSecret, vault, isConfined } = supply;
  const { leaseMs, instance } = settings;
  const workers = settings.workers + 1; // those of tenants share the connections of one
  const db = openDatabase(databaseUrl, CONNECTIONS * workers, vault, { ...settings, log }, STATEMENT_LIMIT_MS);
  const heartbeatDb = openDatabase(databaseUrl, workers, null, settings, heartbeatLimitMs(settings));
  const feed = openWorkerFeed(databaseUrl, log);
  let tenantWorkers: TenantWorkers | undefined;
  return {
    recordExit: async (name, isRecorded) => {
      const worker = registeredName(settings, name);
      if (!isRecorded) await recordWorkerCrash(db, worker, { blamed: null, hasExited: true });
      await recordProcessEnd(db, worker);
    },
    adopt: (supervisor) => (tenantWorkers = new TenantWorkers({ db, supervisor, feed, instance, leaseMs, log })),
    serve: (stream, name) => {
      const preset = tenantWorkers?.presetFor(name) ?? null;
      const registered = registeredName(settings, name);
      const full = openDatabaseAccess({ db, heartbeatDb, tokenSecret, name: registered, leaseMs });
      const access = isOwnProcess(instance, name) ? full : tenantWorkerAccess(full, preset);
      const own = {
        slots: preset?.slots ?? settings.slots,
        presetVariables: preset?.environment ?? {},
        ...(preset && { placement: NO_PLACEMENT }),
      };
      const start = { ...workerSettings(settings), ...own, apiUrl, name, isConfined };
      serveWorker(stream, start, access, { feed, log });
    },
    close: async () => {
      await feed.close();
      await Promise.all([db.close(), heartbeatDb.close()]);
    },
  };
}

/** A heartbeat without an answer is sent again while the leases are still valid. */
const heartbeatLimitMs = (settings: Settings): number =>
  Math.max(MIN_HEARTBEAT_LIMIT_MS, heartbeatIntervalMs(settings));

/** Resolves when all workers of this platform are active. Throws WorkersNotReady. */
export async function waitForWorkers(db: Database, { instance, workers }: Settings): Promise<void> {
  const deadline = performance.now() + WORKERS_READY_MS;
  for (;;) {
    const active = await countActiveWorkers(db, instance);
    if (active >= workers) return;
    if (performance.now() > deadline) throw new WorkersNotReady(workers, active);
    await pause(WORKERS_POLL_MS);
  }
}
