import { once } from 'node:events';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { isObject, type Json } from '../../contract/json';
import { WORKER_CHANNEL } from '../queue/ring';
import { superviseSensors, type Sensors } from '../sensor/supervise';
import type { Settings } from '../settings';
import type { Database } from '../store/database';
import { heartbeat, registerWorker, retireWorker } from '../store/workers';
import { openBell } from '../queue/bell';
import { findContainment } from './containment';
import { endFormerLife } from './former-life';
import { openEnvironmentRequests, type EnvironmentRequests } from './environments/requests';
import { writeReport } from './environments/write-report';
import { workerLog } from './log';
import { runtimesHere } from './runtimes/choose';
import { openSlots, type Slots } from './slots';
import { temporaryOf } from './surroundings';
import { RELINQUISHED } from './stop-reasons';

/** Notifications can be lost; a look of our own finds what was not rung. */
const POLL_MS = 1_000;
const ENVIRONMENTS_POLL_MS = 5_000;
/** A lease lives through two beats that are lost. */
const BEATS_PER_LEASE = 3;

export interface WorkerOptions {
  readonly db: Database;
  readonly settings: Settings;
  /** Unique in the database. */
  readonly name: string;
  readonly apiUrl: string;
  /** Path of the platform's own program. */
  readonly program: string;
  readonly stop: AbortSignal;
}

/**
 * Runs what this worker is assigned until `stop` aborts; then lets attempts end for the kill grace, stops the rest
 * without an end (their leases lapse, and they are run again elsewhere) and retires. Rejects when it cannot register.
 */
export async function runWorker({ db, settings, name, apiUrl, program, stop }: WorkerOptions): Promise<void> {
  const log = workerLog(name);
  await endFormerLife(name, temporaryOf({ directory: settings.directory, worker: name }));
  const [runtimes, containment] = await Promise.all([runtimesHere(), findContainment(settings, name, log)]);
  const meta = { host: hostname(), pid: process.pid, node: process.version };
  const worker = await registerWorker(db, {
    name,
    runtimes,
    slots: settings.slots,
    meta,
    capabilities: { containment: containment ? 'cgroup' : 'environment marker' },
  });
  const surroundings = { ...settings, apiUrl, program, worker: name, containment };
  const report = writeReport(db, surroundings, log);
  const slots = openSlots({ db, worker, settings, surroundings, report, log });
  const sensors = superviseSensors({ db, worker, name, runtimes, settings, surroundings, report, log });
  const giveUp = new AbortController();
  const environments = openEnvironmentRequests({ db, surroundings, report, log, stop: giveUp.signal });
  const glance = setInterval(environments.look, ENVIRONMENTS_POLL_MS);
  const beat = setBeating(db, worker, settings, slots, sensors, log);
  const poll = setInterval(slots.look, POLL_MS);
  const bell = openBell({
    url: settings.databaseUrl,
    channel: WORKER_CHANNEL,
    log,
    connected: () => {
      slots.look();
      environments.look();
      sensors.look();
    },
    heard: (payload) => answer(payload, worker, { slots, environments, sensors }, log),
  });
  if (!stop.aborted) await once(stop, 'abort');
  clearInterval(poll);
  clearInterval(glance);
  giveUp.abort(RELINQUISHED);
  await Promise.all([slots.drain(), environments.done(), sensors.stop()]);
  beat.stop();
  await bell.close();
  await containment?.gates.close();
  await containment?.cgroups
    .close()
    .catch((error: unknown) => log.warn({ err: error }, 'control groups are left behind'));
  await retireWorker(db, worker).catch((error: unknown) => log.warn({ err: error }, 'could not retire'));
}

interface Told {
  readonly slots: Slots;
  readonly environments: EnvironmentRequests;
  readonly sensors: Sensors;
}

/**
 * A payload: `{"worker": 7}` there is work for 7; `{"worker": 7, "cancel": 41}` 7 is to stop execution 41;
 * `{"environments": true}` there is something to install, and `{"sensors": true}` sensors may have to run or to stop, for
 * whoever takes it first.
 */
function answer(payload: string, worker: number, { slots, environments, sensors }: Told, log: Logger): void {
  const said = parsed(payload);
  if (!isObject(said)) return log.warn({ payload }, 'not a message for workers');
  if (said.environments === true) environments.look();
  if (said.sensors === true) sensors.look();
  if (said.worker !== worker) return;
  if (typeof said.cancel === 'number') slots.cancel(said.cancel);
  else slots.look();
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Says that we live, and stops what the answer names. A beat that fails is tried again sooner. */
function setBeating(
  db: Database,
  worker: number,
  { heartbeatMs, leaseMs }: Pick<Settings, 'heartbeatMs' | 'leaseMs'>,
  slots: Slots,
  sensors: Sensors,
  log: Logger,
): { stop(): void } {
  const everyMs = Math.min(heartbeatMs, leaseMs / BEATS_PER_LEASE);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const beat = async () => {
    let nextMs = everyMs;
    try {
      (await heartbeat(db, worker, [...slots.holding(), ...sensors.holding()], leaseMs)).forEach(slots.cancel);
    } catch (error) {
      log.warn({ err: error }, 'heartbeat not heard');
      nextMs = Math.min(everyMs, POLL_MS);
    }
    if (!stopped) timer = setTimeout(() => void beat(), nextMs);
  };
  timer = setTimeout(() => void beat(), everyMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
