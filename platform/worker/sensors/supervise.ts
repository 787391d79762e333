import type { Logger } from 'pino';
import type { Settings } from '../../base/settings/settings';
import type { HeldSensor, SensorPlan } from '../../store/events/sensor-processes';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import { errorMessage } from '../../base/error-details';
import type { ProcessExit } from '../../outcomes/program-exit';
import { coalesceRuns, type CoalescedRuns } from '../../base/async/coalesce-runs';
import type { WorkerAccess } from '../../workers/access/worker-access';
import type { WorkerContext } from '../worker-context';
import { desiredSensor, sensorFingerprint, type FoundRuntimes } from './desired-sensor';
import { decideRestart } from './restart-policy';
import { planReconciliation, nextStartInMs, type ReconcileAction, type StopReason } from './reconcile';
import { runSensor } from './run-sensor';

/** Longest pause between two reconciliations, ms: notifications can be lost. */
const POLL_MS = 5_000;

interface SensorSupervisorOptions {
  readonly runtimes: FoundRuntimes;
  readonly access: WorkerAccess;
  readonly worker: number;
  readonly settings: Pick<Settings, 'leaseMs' | 'sensorBackoffMs'>;
  readonly workerContext: WorkerContext;
  readonly reportEnvironment: ReportEnvironment;
  readonly log: Logger;
}

/** The sensor processes of one worker. */
export interface SensorSupervision {
  /** Rows may have changed: starts and stops what differs from them. */
  requestReconcile(): void;
  /** Fencing tokens of the sensors that run here. */
  fencingTokens(): number[];
  /** Stops all sensors, and starts no more. */
  stop(): Promise<void>;
}

interface SupervisedSensor extends HeldSensor {
  readonly plan: SensorPlan;
  readonly fingerprint: string;
  readonly startedAt: number;
  readonly stop: AbortController;
  done: Promise<void>;
}

export function superviseSensors(options: SensorSupervisorOptions): SensorSupervision {
  return new SensorSupervisor(options);
}

class SensorSupervisor implements SensorSupervision {
  private readonly held = new Map<number, SupervisedSensor>();
  private readonly reconciliations: CoalescedRuns;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private reconciledAt = performance.now();

  constructor(private readonly options: SensorSupervisorOptions) {
    this.reconciliations = coalesceRuns(
      () => this.reconcile(),
      (error) => this.handleFailure(error),
    );
  }

  requestReconcile(): void {
    this.reconciliations.request();
  }

  fencingTokens(): number[] {
    return [...this.held.values()].map(({ fencingToken }) => fencingToken);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.reconciliations.stop();
    this.stopAll();
    await Promise.all([...this.held.values()].map(({ done }) => done));
  }

  private async reconcile(): Promise<void> {
    clearTimeout(this.timer);
    let delayMs = Math.min(POLL_MS, this.options.settings.leaseMs);
    try {
      delayMs = Math.min(delayMs, (await this.startAndStopSensors()) ?? Infinity);
      this.reconciledAt = performance.now();
    } finally {
      // A timer may fire in the millisecond before it is due.
      if (!this.isStopped) this.timer = setTimeout(() => this.requestReconcile(), Math.ceil(delayMs) + 1);
    }
  }

  private handleFailure(error: unknown): void {
    this.options.log.warn({ err: error }, 'could not reconcile sensors, trying again');
    // Another worker takes over sensors whose leases have expired: none may run here then.
    if (performance.now() - this.reconciledAt > this.options.settings.leaseMs) this.stopAll();
  }

  /** Returns the time until the next planned start, ms; null: none is planned. */
  private async startAndStopSensors(): Promise<number | null> {
    const { access, worker } = this.options;
    const { plans, acceptsWork } = await access.listSensorPlans();
    const desired = plans.map((plan) => desiredSensor(plan, this.options.runtimes));
    const running = [...this.held.values()].map((held) => ({
      sensor: held.sensor,
      fingerprint: held.fingerprint,
      fencingToken: held.fencingToken,
      ageMs: performance.now() - held.startedAt,
      isStopping: held.stop.signal.aborted,
    }));
    for (const action of planReconciliation(desired, running, { worker, acceptsWork })) await this.apply(action, plans);
    return nextStartInMs(desired);
  }

  private async apply(action: ReconcileAction, plans: readonly SensorPlan[]): Promise<void> {
    if (action.type === 'stop') return this.requestStop(action.sensor, action.reason);
    const plan = plans.find(({ sensor }) => sensor === action.sensor);
    if (!plan || this.isStopped) return;
    const fencingToken = await this.options.access.claimSensor(plan.sensor);
    if (fencingToken !== null) this.start(plan, fencingToken);
  }

  private requestStop(sensor: number, reason: StopReason | 'stopping'): void {
    this.held.get(sensor)?.stop.abort(reason);
  }

  private stopAll(): void {
    for (const sensor of this.held.keys()) this.requestStop(sensor, 'stopping');
  }

  private start(plan: SensorPlan, fencingToken: number): void {
    const held: SupervisedSensor = {
      plan,
      sensor: plan.sensor,
      tenant: plan.tenant,
      worker: this.options.worker,
      fencingToken,
      fingerprint: sensorFingerprint(plan),
      startedAt: performance.now(),
      stop: new AbortController(),
      done: Promise.resolve(),
    };
    this.held.set(plan.sensor, held);
    held.done = this.runToExit(held).finally(() => {
      this.held.delete(plan.sensor);
      this.requestReconcile();
    });
  }

  /** Never rejects: where the end could not be recorded, the lease expires. */
  private async runToExit(held: SupervisedSensor): Promise<void> {
    const { access, workerContext, reportEnvironment, log } = this.options;
    const { plan, fencingToken, sensor } = held;
    const logFields = { sensor: plan.ref, tenant: plan.tenant };
    const logWriteFailure = (error: unknown) =>
      log.warn({ ...logFields, err: error }, 'could not record the status of a sensor');
    let spawnedAt: number | null = null; // its environment may take minutes before
    const uptimeMs = () => (spawnedAt === null ? 0 : performance.now() - spawnedAt);
    try {
      let running = Promise.resolve();
      const onSpawn = (pid: number) => {
        spawnedAt = performance.now();
        running = access.markSensorRunning(fencingToken, pid).then((isOurs) => {
          if (!isOurs) this.requestStop(sensor, 'lease-lost');
        }, logWriteFailure);
      };
      const exit = await runSensor({
        access,
        plan,
        workerContext,
        reportEnvironment,
        fencingToken,
        stop: held.stop.signal,
        onSpawn,
      });
      const ranMs = uptimeMs();
      await running;
      await this.recordExit(held, exitProblem(exit), ranMs);
    } catch (error) {
      log.error({ ...logFields, err: error }, 'could not run a sensor');
      await this.recordExit(held, errorMessage(error), uptimeMs()).catch(logWriteFailure);
    }
  }

  private async recordExit(held: SupervisedSensor, problem: string, uptimeMs: number): Promise<void> {
    const { access, settings, log } = this.options;
    if (held.stop.signal.aborted) {
      await access.markSensorStopped(held.fencingToken);
      return;
    }
    const restart = decideRestart(held.plan.failures, uptimeMs, settings.sensorBackoffMs);
    log.warn({ sensor: held.plan.ref, tenant: held.tenant, ...restart, problem }, 'a sensor process ended by itself');
    await access.markSensorFailed(held.fencingToken, { ...restart, error: problem });
  }
}

const MAX_PROBLEM_CHARACTERS = 1_000;

function exitProblem({ startFailure, exitCode, signal, stderr }: ProcessExit): string {
  if (startFailure !== null) return startFailure.text;
  const cause = signal === null ? `exited with code ${exitCode}` : `ended by ${signal}`;
  const lastLine = stderr.tail.trim().split('\n').at(-1) ?? '';
  return (lastLine === '' ? cause : `${cause}: ${lastLine}`).slice(0, MAX_PROBLEM_CHARACTERS);
}
