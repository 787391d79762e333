import { DEFAULT_MAX_ROUNDS } from '../../contract/workflows/rounds';

/** Bounds on what executions and tenants may use. */
export interface Limits {
  /** Executions in a chain of causes. */
  readonly causationDepth: number;
  /** Bytes of one result, as JSON. */
  readonly resultBytes: number;
  /** Bytes of the state of one workflow, as JSON; with the results of its tasks. */
  readonly workflowStateBytes: number;
  /** How often a task may start in one run of a workflow. */
  readonly workflowRounds: number;
  readonly tenant: TenantLimits;
}

/** What one tenant may have at once; 0: no limit. */
export interface TenantLimits {
  /** Requested or assigned executions that have not started. */
  readonly queuedExecutions: number;
  /** Events of webhooks, sensors and actions. */
  readonly eventsPerMinute: number;
  /** Connections to the live stream. */
  readonly sockets: number;
  /** Managed workers that it has created and not removed. */
  readonly managedWorkers: number;
  /** Bytes in its rows, its logs, the files of its packs, programs and environments. */
  readonly storedBytes: number;
}

/** Time limit of an execution without one of its own. */
export const SYSTEM_LIMIT = { seconds: 300, level: 'system' } as const;

/** Of a file that a worker or a sensor on another host sends, bytes. */
export const MAX_FILE_BYTES = 100 * 1_024 ** 2;

/** The limits of a platform without settings. */
export const DEFAULT_LIMITS: Limits = {
  causationDepth: 64,
  resultBytes: 1_024 * 1_024,
  workflowStateBytes: 12 * 1_024 * 1_024,
  workflowRounds: DEFAULT_MAX_ROUNDS,
  tenant: {
    queuedExecutions: 20_000,
    eventsPerMinute: 60_000,
    sockets: 1_000,
    managedWorkers: 50,
    storedBytes: 4 * 1_024 ** 3,
  },
};
