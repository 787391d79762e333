import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Event } from '../../../contract/events';
import type { Sensor } from '../../../contract/sensors';
import { createClient, type Client } from '../../../helpers/client/client';
import { renderPack } from '../../../helpers/fixtures/fixture-pack';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { superviseSensors, type SensorSupervision } from '../../../platform/worker/sensors/supervise';
import type { Database } from '../../../platform/store/database/connection';
import { openDatabaseAccess } from '../../../platform/workers/access/database-access';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { openWorkerFeed } from '../../../platform/workers/access/worker-feed';
import { detectContainment } from '../../../platform/worker/process/containment';
import { SECRET, withApi, type TestApi } from '../api/with-api';
import { livenessDeadline } from '../liveness';
import { WORKER_CONTEXT } from '../worker/attempt-runner';

const LEASE_MS = 5_000;
const BACKOFF_MS = 100;
const RUNTIMES = { shell: '5.2', python: '3.11', native: '1' };

export interface SensorTestPlatform {
  readonly client: Client;
  readonly url: string;
  /** Of this test file alone. */
  readonly directory: string;
  readonly instance: string;
  readonly owner: TestApi['owner'];
  /** The access of another worker, which runs nothing by itself. */
  openAccess(name: string): Promise<WorkerAccess>;
  /** Starts another worker of the platform, which runs sensors only. */
  worker(
    name: string,
  ): Promise<{ readonly id: number; readonly sensors: SensorSupervision; readonly isContained: boolean }>;
  /**
   * Registers `packs/e2e-sensors` under a new ref, or again under the given one, with these lines
   * at the end of its `pack.yaml`.
   */
  pack(ref?: string, manifestLines?: string): Promise<string>;
  /** Creates a rule on a trigger of the pack, with the action `core.echo`. */
  rule(trigger: string, triggerParams?: object): Promise<{ readonly id: number; readonly ref: string }>;
  eventsOf(trigger: string): Promise<Event[]>;
}

/** An API that listens, and workers that run sensors, on a database of this test file alone. */
export function withSensorPlatform(): () => SensorTestPlatform {
  let testPlatform: SensorTestPlatform | undefined;
  const releases: Releases = [];
  afterAll(async () => {
    for (const release of releases.reverse()) await release();
  });
  const testApi = withApi();
  beforeAll(async () => {
    testPlatform = await startTestPlatform(testApi(), releases);
  });
  return () => {
    if (!testPlatform) throw new Error('the test platform has not started');
    return testPlatform;
  };
}

type Releases = (() => Promise<unknown>)[];

async function startTestPlatform(testApi: TestApi, releases: Releases) {
  const { api, db, databaseUrl, owner, scratch, directory, admin } = testApi;
  mkdirSync(directory);
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  const client = createClient({ baseUrl: url, token: admin });
  const instance = `sensors-test-${process.pid}`;
  let sequence = 0;
  return {
    client,
    url,
    directory,
    instance,
    owner,
    openAccess: async (name: string) => {
      const access = openDatabaseAccess({ db, heartbeatDb: db, tokenSecret: SECRET, name, leaseMs: LEASE_MS });
      await access.registerWorker({ runtimes: RUNTIMES, slots: 1, meta: {} });
      return access;
    },
    worker: (name: string) => startSensorWorker({ db, databaseUrl, directory, instance, url, name }, releases),
    pack: async (ref = `watch${++sequence}`, manifestLines = '') => {
      const path = join(scratch, 'incoming', `${ref}-${++sequence}`);
      renderPack('e2e-sensors', ref, path);
      appendFileSync(join(path, 'pack.yaml'), manifestLines);
      await client.packs.register({ path, force: true, skip_tests: true });
      return ref;
    },
    rule: (trigger: string, triggerParams = {}) => {
      const [pack] = trigger.split('.') as [string];
      const ref = `${pack}.rule${++sequence}`;
      const refs = { trigger_ref: trigger, action_ref: 'core.echo' };
      return client.rules.create({ ref, pack_ref: pack, label: ref, ...refs, trigger_params: { ...triggerParams } });
    },
    eventsOf: async (trigger: string) => {
      const events = await client.events.list({ trigger_ref: trigger });
      return Promise.all(events.reverse().map(({ id }) => client.events.get(id)));
    },
  } satisfies SensorTestPlatform;
}

interface SensorWorkerOptions {
  readonly db: Database;
  readonly databaseUrl: string;
  readonly directory: string;
  readonly instance: string;
  /** Of the API. */
  readonly url: string;
  readonly name: string;
}

async function startSensorWorker(options: SensorWorkerOptions, releases: Releases) {
  const { db, databaseUrl, directory, instance, url, name } = options;
  const settings = { leaseMs: LEASE_MS, sensorBackoffMs: BACKOFF_MS };
  const log = pino({ level: 'silent' });
  const access = openDatabaseAccess({ db, heartbeatDb: db, tokenSecret: SECRET, name, leaseMs: LEASE_MS });
  const id = await access.registerWorker({ runtimes: RUNTIMES, slots: 1, meta: {} });
  const memory = { programsMemoryBytes: null, tenantMemoryBytes: null };
  const own = { instance, directory, slots: 1, actionVariables: [], ...memory };
  const containment = await detectContainment(own, name, log);
  const place = { directory, instance, worker: name, apiUrl: url, containment };
  const workerContext = { ...WORKER_CONTEXT, ...place, killGraceMs: 200, logLimitBytes: 4_096 };
  const reportEnvironment = () => Promise.resolve();
  const worker = { worker: id, name, runtimes: RUNTIMES };
  const sensors = superviseSensors({ access, ...worker, settings, workerContext, reportEnvironment, log });
  const heartbeat = setInterval(() => void access.recordHeartbeat(sensors.fencingTokens()), LEASE_MS / 5);
  const requestReconcile = () => sensors.requestReconcile();
  const feed = openWorkerFeed(databaseUrl, log);
  feed.subscribe({ onNotification: requestReconcile, onConnected: requestReconcile });
  releases.push(async () => {
    await sensors.stop();
    clearInterval(heartbeat);
    await feed.close();
    await containment?.preforkPool.close();
    await containment?.cgroups?.close();
  });
  return { id, sensors, isContained: containment !== null };
}

/** Waits until the query returns a value that is not null, and returns it. */
export const waitForValue = <T>(name: string, query: () => Promise<T | null>): Promise<T> => {
  const condition: Condition<T> = {
    name,
    check: async () => {
      const value = await query();
      return value === null ? { is: 'pending', why: 'no value yet' } : { is: 'met', value };
    },
    evidence: () => Promise.resolve(''),
  };
  return until(condition, livenessDeadline());
};

/** Waits until the sensor's process has the status, and returns it. */
export const waitForProcessStatus = (
  client: Client,
  ref: string,
  status: string,
): Promise<NonNullable<Sensor['process']>> =>
  waitForValue(`sensor ${ref} to be ${status}`, async () => {
    const { process } = await client.sensors.get(ref);
    return process?.status === status ? process : null;
  });
