import type { Settings } from '../../base/settings/settings';
import type { Attempt } from '../../store/lifecycle/attempt';
import { coalesceRuns, type CoalescedRuns } from '../../base/async/coalesce-runs';
import { executeAttempt, type AttemptServices } from './execute-attempt';
import { CANCELLED, LIMIT_PASSED, RELINQUISHED, SUSPENDED } from './stop-reasons';

interface AttemptSlotsOptions extends Omit<AttemptServices, 'drainSignal' | 'abandonSignal'> {
  readonly settings: Pick<Settings, 'slots' | 'leaseMs' | 'killGraceMs' | 'shutdownGraceMs' | 'recovery' | 'status'>;
}

interface RunningAttempt {
  readonly execution: number;
  readonly fencingToken: number;
  readonly stop: AbortController;
  done: Promise<void>;
}

/** The attempts of one worker: at most `slots` at once. */
export class AttemptSlots {
  private readonly running = new Set<RunningAttempt>();
  private readonly draining = new AbortController();
  private readonly abandoning = new AbortController();
  private readonly services: AttemptServices;
  private readonly claims: CoalescedRuns;
  /** No slot was left free by the last claim: a further one may find work. */
  private mayHaveMore = false;

  constructor(private readonly options: AttemptSlotsOptions) {
    this.services = { ...options, drainSignal: this.draining.signal, abandonSignal: this.abandoning.signal };
    // After an error the next poll tries again.
    const onError = (error: unknown) => options.log.warn({ err: error }, 'could not claim executions');
    this.claims = coalesceRuns(() => this.claimUntilFull(), onError);
  }

  /** Claims work for the free slots. */
  claimWork(): void {
    this.claims.request();
  }

  /** Fencing tokens of the held leases. */
  fencingTokens(): number[] {
    return [...this.running].map(({ fencingToken }) => fencingToken);
  }

  /** Stops an execution if it runs here. */
  cancel(execution: number): void {
    this.abort(CANCELLED, (attempt) => attempt.execution === execution);
  }

  /** Stops an execution that runs here: its limit has passed by the clock of its tenant. */
  passLimit(execution: number): void {
    this.abort(LIMIT_PASSED, (attempt) => attempt.execution === execution);
  }

  /** Stops the attempt under this lease: another worker runs its execution. */
  relinquish(fencingToken: number): void {
    this.abort(RELINQUISHED, (attempt) => attempt.fencingToken === fencingToken);
  }

  /**
   * Claims nothing more, waits for the attempts, and stops the rest. After a crash the rest is
   * relinquished. In a shutdown it has longer, and is suspended where it can be started again.
   */
  async drain(isShutdown: boolean): Promise<void> {
    const { killGraceMs, shutdownGraceMs, leaseMs, recovery, status } = this.options.settings;
    const reason = isShutdown && recovery === 'auto' && status === 'extended' ? SUSPENDED : RELINQUISHED;
    const graceMs = isShutdown ? shutdownGraceMs : killGraceMs;
    this.draining.abort();
    const stopTimer = setTimeout(() => this.abort(reason), graceMs);
    const abandonTimer = setTimeout(() => this.abandoning.abort(), graceMs + killGraceMs + leaseMs);
    await this.claims.stop();
    await Promise.all([...this.running].map(({ done }) => done));
    clearTimeout(stopTimer);
    clearTimeout(abandonTimer);
  }

  private freeSlots(): number {
    return this.options.settings.slots - this.running.size;
  }

  private async claimUntilFull(): Promise<void> {
    this.mayHaveMore = true;
    while (this.mayHaveMore && !this.draining.signal.aborted && this.freeSlots() > 0) {
      this.mayHaveMore = false;
      const freeSlots = this.freeSlots();
      const attempts = await this.options.access.claimExecutions(freeSlots);
      this.mayHaveMore = attempts.length === freeSlots;
      for (const attempt of attempts) this.start(attempt);
    }
  }

  private start(attempt: Attempt): void {
    const { execution, fencingToken } = attempt;
    // The execution was assigned here again: the lease of its earlier attempt has expired.
    this.abort(RELINQUISHED, (attempt) => attempt.execution === execution);
    const stop = new AbortController();
    const entry: RunningAttempt = { execution, fencingToken, stop, done: Promise.resolve() };
    this.running.add(entry);
    entry.done = executeAttempt(attempt, stop.signal, this.services).finally(() => this.free(entry));
    if (this.draining.signal.aborted) stop.abort(RELINQUISHED);
  }

  private free(entry: RunningAttempt): void {
    this.running.delete(entry);
    // Fails only with the connection to the platform, which has then released all of them.
    this.options.access.releaseAttempt(entry.fencingToken).catch(() => undefined);
    if (this.mayHaveMore) this.claimWork();
  }

  private abort(reason: string, isAffected: (attempt: RunningAttempt) => boolean = () => true): void {
    for (const entry of this.running) if (isAffected(entry)) entry.stop.abort(reason);
  }
}
