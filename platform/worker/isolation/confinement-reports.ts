import { constants } from 'node:os';
import type { ExitStatus } from '../process/pool/prefork-process';

/** The process outside a confinement that ends as the program does. */
export interface ConfinementLeader {
  readonly pid: number;
  /** Descriptors, in the launcher, of the worker's ends of `stdin`, `stdout`, `stderr`, `life`. */
  readonly pipes: readonly [number, number, number, number];
}

/** `errno`: of the execution of the program, by name. */
interface ExecutionFailure {
  readonly failed: string;
  readonly errno?: string;
}

/** What the launcher reports of a confinement. */
export type ConfinementReport =
  | ConfinementLeader
  | { readonly init: number }
  | ExecutionFailure
  | { readonly exit: number }
  | { readonly signal: number };

/** The state of one confinement, from the reports of the launcher. */
export class ConfinementReports {
  private readonly leaderReport = deferred<ConfinementLeader>();
  private readonly initReport = deferred<number>();
  private readonly exitReport = deferred<ExitStatus>();
  private ended = false;
  private reason: ExecutionFailure | null = null;

  /** Rejects with the reason why the confinement was not started. */
  readonly leader = this.leaderReport.promise;
  /**
   * Pid of the first process of the namespace, when the process inside waits. Rejects with the
   * reason why it does not.
   */
  readonly init = this.initReport.promise;
  readonly exited = this.exitReport.promise;

  constructor() {
    for (const promise of [this.leader, this.init]) promise.catch(() => undefined); // it may have no listener
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  /** Why the process inside does not wait, or did not execute its program; null: it did. */
  get failure(): ExecutionFailure | null {
    return this.reason;
  }

  receive(report: ConfinementReport): void {
    if ('pipes' in report) this.leaderReport.resolve(report);
    else if ('init' in report) this.initReport.resolve(report.init);
    else if ('failed' in report) this.reason = report;
    else this.end('exit' in report ? { exitCode: report.exit, signal: null } : endedBy(report.signal));
  }

  /** The launcher has ended: so do its confinements. */
  lose(reason: string): void {
    this.reason ??= { failed: reason };
    this.end(endedBy(constants.signals.SIGKILL));
  }

  private end(status: ExitStatus): void {
    this.ended = true;
    const error = new Error(this.reason?.failed ?? 'the confinement ended');
    this.leaderReport.reject(error);
    this.initReport.reject(error);
    this.exitReport.resolve(status);
  }
}

const SIGNAL_NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

const endedBy = (signal: number): ExitStatus => ({
  exitCode: null,
  signal: (SIGNAL_NAMES.get(signal) ?? `SIG${signal}`) as NodeJS.Signals,
});

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
