import type { Logger } from 'pino';
import { awaitsUnnotified, nextProcessStep, type ProcessPresence } from '../core/worker/process-step';
import { provisionFailure } from '../core/worker/provision-failure';
import { presetOf, type WorkerPreset } from '../core/worker/worker-preset';
import { runPollingLoop } from '../base/async/polling-loop';
import { WakeupTimer } from '../base/async/wakeup-timer';
import type { Database } from '../store/database/connection';
import { WORKER_STATE_CHANGED } from '../store/database/notify';
import {
  adoptWorkers,
  confirmProvisioned,
  failProvisioning,
  recordProcessEnd,
  type SupervisedRow,
} from '../store/workers/supervised-workers';
import type { SupervisedWorker, Supervisor } from './supervisor';
import type { WorkerFeed } from '../workers/access/worker-feed';

/** While a worker waits for what no notification announces, ms. */
const AWAITED_POLL_MS = 500;
/** Polls within a lease, after which the workers of a platform that has ended are adopted. */
const POLLS_IN_LEASE = 4;

interface TenantWorkersOptions {
  readonly db: Database;
  readonly supervisor: Supervisor;
  readonly feed: WorkerFeed;
  /** Of this platform. */
  readonly instance: string;
  readonly leaseMs: number;
  readonly log: Logger;
}

interface TenantProcess {
  readonly worker: SupervisedWorker;
  readonly preset: WorkerPreset | null;
  isStopping: boolean;
}

/** Runs a process for each managed worker of a tenant whose state requires one. */
export class TenantWorkers {
  private readonly processes = new Map<string, TenantProcess>();
  private readonly wakeup = new WakeupTimer();
  private readonly stopping = new AbortController();
  private readonly loop: Promise<void>;
  private readonly unsubscribe: () => void;

  constructor(private readonly options: TenantWorkersOptions) {
    const wake = (): void => this.wakeup.scheduleIn(0);
    this.unsubscribe = options.feed.subscribe({
      onConnected: wake,
      onNotification: (payload) => payload === WORKER_STATE_CHANGED && wake(),
    });
    const reconcile = () => this.reconcile();
    this.loop = runPollingLoop(
      'the loop of managed workers',
      reconcile,
      this.wakeup,
      this.stopping.signal,
      options.log,
    );
  }

  /** Starts and stops no more processes; those that run are the supervisor's. */
  async stop(): Promise<void> {
    this.unsubscribe();
    this.stopping.abort();
    await this.loop;
  }

  /** The supervisor has stopped: no process is left. */
  async recordEnds(): Promise<void> {
    for (const name of this.processes.keys()) await recordProcessEnd(this.options.db, name);
  }

  /** Returns ms until the next limit, or poll. */
  private async reconcile(): Promise<number> {
    const { db, instance, leaseMs } = this.options;
    const workers = await adoptWorkers(db, instance, leaseMs);
    const names = new Set(workers.map(({ name }) => name));
    for (const worker of workers) await this.follow(worker);
    for (const name of this.processes.keys()) if (!names.has(name)) this.stopProcess(name); // adopted by another
    const isAwaited = workers.some(awaitsUnnotified);
    const pollMs = isAwaited ? AWAITED_POLL_MS : leaseMs / POLLS_IN_LEASE;
    return Math.min(pollMs, ...workers.map(msToLimit));
  }

  private async follow(worker: SupervisedRow): Promise<void> {
    const { db, log } = this.options;
    const step = nextProcessStep(worker, this.presenceOf(worker.name));
    if (step === 'start') this.startProcess(worker);
    if (step === 'stop') this.stopProcess(worker.name);
    if (step === 'confirm') await confirmProvisioned(db, worker.id);
    if (step !== 'fail') return;
    const failure = provisionFailure(worker);
    await failProvisioning(db, worker.id, failure);
    log.warn({ worker: worker.name, ...failure }, 'managed worker failed');
    this.stopProcess(worker.name);
  }

  /** Of the process that is started for this worker; null: none. */
  presetFor(name: string): WorkerPreset | null {
    return this.processes.get(name)?.preset ?? null;
  }

  private presenceOf(name: string): ProcessPresence {
    const process = this.processes.get(name);
    if (process === undefined) return 'none';
    return process.isStopping ? 'stopping' : 'running';
  }

  private startProcess({ name, template }: SupervisedRow): void {
    const worker = this.options.supervisor.keepRunning(name);
    this.processes.set(name, { worker, preset: presetOf(template), isStopping: false });
  }

  private stopProcess(name: string): void {
    const process = this.processes.get(name);
    if (process === undefined || process.isStopping) return;
    process.isStopping = true;
    void this.endProcess(name, process.worker);
  }

  /** A next process of the worker is started only afterwards. Never rejects. */
  private async endProcess(name: string, worker: SupervisedWorker): Promise<void> {
    const { db, log } = this.options;
    await worker.stop();
    await recordProcessEnd(db, name).catch((error: unknown) =>
      log.warn({ err: error, worker: name }, 'could not record the exit of a worker'),
    );
    this.processes.delete(name);
    this.wakeup.scheduleIn(0);
  }
}

const msToLimit = ({ state, ageMs, provisionTimeoutMs }: SupervisedRow): number =>
  state === 'provisioning' ? Math.max(0, provisionTimeoutMs - ageMs) : Infinity;
