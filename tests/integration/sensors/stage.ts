import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Event } from '../../../contract/events';
import type { Sensor } from '../../../contract/sensors';
import { createClient, type Client } from '../../../helpers/client/client';
import { renderPack } from '../../../helpers/fixtures';
import { until, type Condition } from '../../../helpers/polling';
import type { ApiContext } from '../../../platform/api/context';
import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/server';
import { ensureCorePack } from '../../../platform/packs/core';
import { projectRoot } from '../../../platform/root';
import { superviseSensors, type Sensors } from '../../../platform/sensor/supervise';
import { openPool } from '../../../platform/store/database';
import { DEFAULT_USER, ensureDefaultUser } from '../../../platform/store/identities';
import { heartbeat, registerWorker } from '../../../platform/store/workers';
import { WORKER_CHANNEL } from '../../../platform/queue/ring';
import { openBell } from '../../../platform/queue/bell';
import { findContainment } from '../../../platform/worker/containment';
import type { Containment, Surroundings } from '../../../platform/worker/surroundings';
import { contextWithoutDatabase } from '../../unit/api/stage';
import { withDatabase, type TestDatabase } from '../with-database';

const SECRET = 'the secret of these tests, 32 bytes and more';
const LEASE_MS = 5_000;
const BACKOFF_MS = 100;
const WAIT_MS = 15_000;

export interface SensorStage {
  readonly client: Client;
  readonly url: string;
  /** Private directory of the file. */
  readonly directory: string;
  readonly instance: string;
  readonly owner: ReturnType<typeof openPool>;
  /** Another worker of the platform, that supervises sensors and does nothing else. */
  worker(name: string): Promise<{ readonly id: number; readonly sensors: Sensors; readonly isContained: boolean }>;
  /** Registers `packs/e2e-sensors` under a ref of its own, or again under that one. */
  pack(ref?: string): Promise<string>;
  /** A rule on a trigger of the pack that echoes. */
  rule(trigger: string, triggerParams?: object): Promise<{ readonly id: number; readonly ref: string }>;
  eventsOf(trigger: string): Promise<Event[]>;
}

/** A platform's API that listens, and workers that run sensors, on a database of the file's own. */
export function withSensors(): () => SensorStage {
  let stage: SensorStage | undefined;
  const releases: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const release of releases.reverse()) await release();
  }, 30_000);
  const database = withDatabase();
  beforeAll(async () => {
    stage = await openStage(database(), releases);
  }, 30_000);
  return () => {
    if (!stage) throw new Error('the stage did not open');
    return stage;
  };
}

async function openStage({ db, url: databaseUrl }: TestDatabase, releases: (() => Promise<unknown>)[]) {
  const directory = mkdtempSync(join(tmpdir(), 'sensors-'));
  releases.push(() => Promise.resolve(rmSync(directory, { recursive: true, force: true })));
  const owner = openPool(databaseUrl, 2);
  releases.push(() => owner.end());
  await ensureCorePack(owner, projectRoot());
  await ensureDefaultUser(db);
  const packsDirectory = join(directory, 'packs');
  const stored = { directory, packsDirectory, packRoots: [directory] };
  const context: ApiContext = { ...contextWithoutDatabase, db, tokenSecret: SECRET, ...stored };
  const api = buildApi(context, ROUTES);
  const url = await api.listen({ host: '127.0.0.1', port: 0 });
  releases.push(() => api.close());
  const { login, password } = DEFAULT_USER;
  const { access_token: token } = await createClient({ baseUrl: url }).auth.login({ login, password });
  const client = createClient({ baseUrl: url, token });
  const instance = `sensors-test-${process.pid}`;
  const settings = { leaseMs: LEASE_MS, sensorBackoffMs: BACKOFF_MS };
  const log = pino({ level: 'silent' });
  const runtimes = { shell: '5.2', python: '3.11', native: '1' };
  let made = 0;
  return {
    ...{ client, url, directory, instance, owner },
    worker: async (name: string) => {
      const id = await registerWorker(db, { name, runtimes, slots: 1, meta: {} });
      const containment = await findContainment({ instance, directory, slots: 1 }, name, log);
      const surroundings = surroundingsOf(directory, instance, name, url, containment);
      const report = () => Promise.resolve();
      const sensors = superviseSensors({ db, worker: id, name, runtimes, settings, surroundings, report, log });
      const beat = setInterval(() => void heartbeat(db, id, sensors.holding(), LEASE_MS), LEASE_MS / 5);
      const [channel, look] = [WORKER_CHANNEL, () => sensors.look()];
      const bell = openBell({ url: databaseUrl, channel, log, heard: look, connected: look });
      releases.push(async () => {
        await sensors.stop();
        clearInterval(beat);
        await bell.close();
        await containment?.gates.close();
        await containment?.cgroups.close();
      });
      return { id, sensors, isContained: containment !== null };
    },
    pack: async (ref = `watch${++made}`) => {
      const path = join(directory, 'sources', `${ref}-${++made}`);
      renderPack('e2e-sensors', ref, path);
      await client.packs.register({ path, force: true, skip_tests: true });
      return ref;
    },
    rule: (trigger: string, triggerParams = {}) => {
      const [pack] = trigger.split('.') as [string];
      const ref = `${pack}.rule${++made}`;
      const ends = { trigger_ref: trigger, action_ref: 'core.echo' };
      return client.rules.create({ ref, pack_ref: pack, label: ref, ...ends, trigger_params: { ...triggerParams } });
    },
    eventsOf: async (trigger: string) => {
      const events = await client.events.list({ trigger_ref: trigger });
      return Promise.all(events.reverse().map(({ id }) => client.events.get(id)));
    },
  } satisfies SensorStage;
}

const surroundingsOf = (
  directory: string,
  instance: string,
  worker: string,
  apiUrl: string,
  containment: Containment | null,
): Surroundings => ({
  ...{ directory, instance, worker, apiUrl, containment, killGraceMs: 200, logLimitBytes: 4_096 },
  ...{ npmRegistry: null, pythonIndex: null, tokenSecret: SECRET, program: '' },
  egress: { allow: [], nameServers: null },
});

/** Waits until `look` answers something that is not null. */
export const seen = <T>(name: string, look: () => Promise<T | null>): Promise<T> => {
  const condition: Condition<T> = {
    name,
    look: async () => {
      const value = await look();
      return value === null ? { is: 'pending', why: 'not yet' } : { is: 'met', value };
    },
    evidence: () => Promise.resolve(''),
  };
  return until(condition, performance.now() + WAIT_MS);
};

/** Waits until the sensor's process stands so. */
export const standing = (client: Client, ref: string, status: string): Promise<NonNullable<Sensor['process']>> =>
  seen(`sensor ${ref} to be ${status}`, async () => {
    const { process } = await client.sensors.get(ref);
    return process?.status === status ? process : null;
  });
