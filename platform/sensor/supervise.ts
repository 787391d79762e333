import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Settings } from '../settings';
import type { Database } from '../store/database';
import {
  claimSensor,
  markSensorFailed,
  markSensorRunning,
  markSensorStopped,
  sensorPlan,
  type HeldSensor,
  type SensorPlan,
} from '../store/sensor-processes';
import type { Report } from '../worker/environments/report';
import { messageOf } from '../worker/faults';
import type { Ended } from '../worker/process';
import type { Surroundings } from '../worker/surroundings';
import { alertOfSensor } from './alert';
import { setbackOf } from './back-off';
import { decide, nextDueMs, type Step, type StopReason, type Wanted } from './decide';
import { runtimeNameOf } from './program';
import { runSensor } from './run-sensor';

/** Notifications can be lost; a look of our own finds what was not told. */
const POLL_MS = 5_000;

export interface SupervisorOptions {
  readonly db: Database;
  readonly worker: number;
  /** The worker's name, which is its label `worker`. */
  readonly name: string;
  /** Runtime name to the version found. */
  readonly runtimes: Readonly<Record<string, string>>;
  readonly settings: Pick<Settings, 'leaseMs' | 'sensorBackoffMs'>;
  readonly surroundings: Surroundings;
  readonly report: Report;
  readonly log: Logger;
}

/** The sensor processes of one worker. */
export interface Sensors {
  /** Something may have changed: brings what runs in line with what should. */
  look(): void;
  /** Fencing tokens of the sensors run here. */
  holding(): number[];
  /** Starts no more, and stops them all. */
  stop(): Promise<void>;
}

interface Held extends HeldSensor {
  readonly plan: SensorPlan;
  readonly fingerprint: string;
  readonly bornAt: number;
  readonly stop: AbortController;
  done: Promise<void>;
}

export function superviseSensors(options: SupervisorOptions): Sensors {
  return new SensorSupervisor(options);
}

class SensorSupervisor implements Sensors {
  private readonly held = new Map<number, Held>();
  private looking: Promise<void> | null = null;
  private mayHaveChanged = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private heardAt = performance.now();

  constructor(private readonly options: SupervisorOptions) {}

  look(): void {
    this.mayHaveChanged = true;
    if (this.stopped) return;
    this.looking ??= this.settle().finally(() => {
      this.looking = null;
      if (this.mayHaveChanged) this.look();
    });
  }

  holding(): number[] {
    return [...this.held.values()].map(({ fencingToken }) => fencingToken);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    this.stopAll();
    await Promise.all([...this.held.values()].map(({ done }) => done));
  }

  private async settle(): Promise<void> {
    this.mayHaveChanged = false;
    clearTimeout(this.timer);
    let nextMs = Math.min(POLL_MS, this.options.settings.leaseMs);
    try {
      nextMs = Math.min(nextMs, (await this.align()) ?? Infinity);
      this.heardAt = performance.now();
    } catch (error) {
      this.options.log.warn({ err: error }, 'could not look at the sensors'); // the next look tries again
      // Whoever sees our leases run out takes them over: nothing may run here then.
      if (performance.now() - this.heardAt > this.options.settings.leaseMs) this.stopAll();
    }
    // A timer may fire in the millisecond before it is due.
    if (!this.stopped) this.timer = setTimeout(() => this.look(), Math.ceil(nextMs) + 1);
  }

  /** Answers how long until a start is due, ms; null: none waits for the clock. */
  private async align(): Promise<number | null> {
    const { db, worker } = this.options;
    const { plans, takesWork } = await sensorPlan(db, worker);
    const wanted = plans.map((plan) => this.wantedOf(plan));
    const running = [...this.held.values()].map((held) => ({
      sensor: held.sensor,
      fingerprint: held.fingerprint,
      fencingToken: held.fencingToken,
      ageMs: performance.now() - held.bornAt,
      isEnding: held.stop.signal.aborted,
    }));
    for (const step of decide(wanted, running, { worker, takesWork })) await this.take(step, plans);
    return nextDueMs(wanted);
  }

  private wantedOf(plan: SensorPlan): Wanted {
    const { name, runtimes } = this.options;
    const labels: Readonly<Record<string, string>> = { worker: name };
    return {
      sensor: plan.sensor,
      fingerprint: fingerprintOf(plan),
      dueMs: plan.due_ms,
      holder: plan.holder,
      fencingToken: plan.fencing_token,
      fits:
        (runtimes[runtimeNameOf(plan)] !== undefined || !KNOWN.has(runtimeNameOf(plan))) &&
        Object.entries(plan.worker_selector).every(([label, value]) => labels[label] === value),
    };
  }

  private async take(step: Step, plans: readonly SensorPlan[]): Promise<void> {
    if (step.do === 'stop') return this.end(step.sensor, step.why);
    const { db, worker, settings } = this.options;
    const plan = plans.find(({ sensor }) => sensor === step.sensor);
    if (!plan || this.stopped) return;
    const fencingToken = await claimSensor(db, plan.sensor, worker, settings.leaseMs);
    if (fencingToken !== null) this.begin(plan, fencingToken);
  }

  private end(sensor: number, why: StopReason | 'stopping'): void {
    this.held.get(sensor)?.stop.abort(why);
  }

  private stopAll(): void {
    for (const sensor of this.held.keys()) this.end(sensor, 'stopping');
  }

  private begin(plan: SensorPlan, fencingToken: number): void {
    const held: Held = {
      ...{ plan, sensor: plan.sensor, tenant: plan.tenant, worker: this.options.worker, fencingToken },
      fingerprint: fingerprintOf(plan),
      bornAt: performance.now(),
      stop: new AbortController(),
      done: Promise.resolve(),
    };
    this.held.set(plan.sensor, held);
    held.done = this.carryOut(held).finally(() => {
      this.held.delete(plan.sensor);
      this.look();
    });
  }

  /** Never rejects: what could not be written down is found by the lease running out. */
  private async carryOut(held: Held): Promise<void> {
    const { db, surroundings, report, log } = this.options;
    const { plan, fencingToken, sensor } = held;
    const said = { sensor: plan.ref, tenant: plan.tenant };
    const unwritten = (error: unknown) => log.warn({ ...said, err: error }, 'how a sensor stands was not written');
    try {
      let born = Promise.resolve();
      const note = (pid: number) => {
        born = markSensorRunning(db, held, pid).then((isOurs) => {
          if (!isOurs) this.end(sensor, 'lease-lost');
        }, unwritten);
      };
      const ended = await runSensor({
        db,
        plan,
        surroundings,
        report,
        fencingToken,
        stop: held.stop.signal,
        born: note,
      });
      await born;
      await this.afterEnd(held, problemOf(ended));
    } catch (error) {
      log.error({ ...said, err: error }, 'a sensor could not be run');
      await this.afterEnd(held, messageOf(error)).catch(unwritten);
    }
  }

  private async afterEnd(held: Held, problem: string): Promise<void> {
    const { db, settings, log } = this.options;
    if (held.stop.signal.aborted) {
      await markSensorStopped(db, held);
      return;
    }
    const livedMs = performance.now() - held.bornAt;
    const { isAlert, ...setback } = setbackOf(held.plan.failures, livedMs, settings.sensorBackoffMs);
    log.warn({ sensor: held.plan.ref, tenant: held.tenant, ...setback, problem }, 'a sensor ended by itself');
    const { sensor, tenant } = held;
    await markSensorFailed(db, held, { ...setback, error: problem }, async (transaction) => {
      const failed = { sensor, tenant, ref: held.plan.ref, failures: setback.failures, error: problem };
      if (isAlert) await alertOfSensor(transaction, failed);
    });
  }
}

/** Runtimes that a host may lack; of another name no worker knows anything, and one says so in the sensor's record. */
const KNOWN: ReadonlySet<string> = new Set(['shell', 'python', 'nodejs', 'native']);

/** What of a sensor its process was told, or is made of. */
function fingerprintOf(plan: SensorPlan): string {
  const { storage, entrypoint, runtime_ref, runtime_version_constraint, generation, config, trigger_refs, rules } =
    plan;
  const told = [storage, entrypoint, runtime_ref, runtime_version_constraint, generation, config, trigger_refs, rules];
  return createHash('sha256').update(JSON.stringify(told)).digest('base64');
}

const MOST_CHARACTERS = 1_000;

function problemOf({ problem, exitCode, signal, stderr }: Ended): string {
  if (problem !== null) return problem;
  const how = signal === null ? `it ended with exit code ${exitCode}` : `${signal} ended it`;
  const last = stderr.tail.trim().split('\n').at(-1) ?? '';
  return (last === '' ? how : `${how}: ${last}`).slice(0, MOST_CHARACTERS);
}
