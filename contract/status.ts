/**
 * Every execution status and the statuses that may follow it; an empty row is terminal. What the
 * table does not say:
 *
 * - `scheduling` is the contract's; this platform assigns in one transaction, so `scheduled` may
 *   follow `requested`.
 * - `running` follows `requested` where no worker is involved: a workflow, an inquiry.
 * - `requested` follows `scheduled` and `running` where the worker was lost, and the same
 *   execution is started again, and `scheduled` where its tenant was frozen.
 * - `suspended` is not the contract's: a platform stopped before the execution ended, and the next
 *   one starts it again. Where `PLATFORM_STATUS` is `strict`, it stays `running` meanwhile.
 * - `paused` is not the contract's either: a user paused a workflow. `canceling` follows it as it
 *   follows `running`; `cancelled` where nothing below it has a process or an inquiry.
 * - `cancelled` and `timeout` follow `running` where the execution waits for an inquiry and has no
 *   process.
 */
export const NEXT = {
  requested: ['scheduling', 'scheduled', 'running', 'failed', 'cancelled'],
  scheduling: ['requested', 'scheduled', 'running', 'failed', 'cancelled'],
  scheduled: ['requested', 'running', 'failed', 'cancelled'],
  running: [
    'requested',
    'completed',
    'failed',
    'timeout',
    'canceling',
    'cancelled',
    'abandoned',
    'suspended',
    'paused',
  ],
  suspended: ['requested', 'cancelled', 'abandoned'],
  paused: ['running', 'canceling', 'cancelled'],
  canceling: ['completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
  timeout: [],
  abandoned: [],
} as const satisfies Record<string, readonly string[]>;

export type Status = keyof typeof NEXT;

export const STATUSES = Object.keys(NEXT) as Status[];

export const isTerminal = (status: Status): boolean => NEXT[status].length === 0;

export const TERMINAL: readonly Status[] = STATUSES.filter(isTerminal);

/** Not the contract's: a platform that shows its statuses only shows these as `running`. */
export const SHOWN_AS_RUNNING: readonly Status[] = ['suspended', 'paused'];

/** The execution has not started. */
export const NOT_STARTED: readonly Status[] = ['requested', 'scheduling', 'scheduled'];

/** The execution has no process: a cancel ends it at once. */
export const WITHOUT_PROCESS: readonly Status[] = [...NOT_STARTED, 'suspended'];

/** A task with a retry policy gets another attempt after these. */
export const RETRIABLE: readonly Status[] = ['failed', 'timeout'];

export const isStatus = (text: string): text is Status => Object.hasOwn(NEXT, text);
