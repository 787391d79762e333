/**
 * Every execution status and the statuses it may be followed by. An empty row is terminal. `running` goes back to
 * `requested` in one case only: its worker was lost and the same execution is started again. It is `cancelled` without
 * `canceling` in between where nothing runs: a question that waits for its answer.
 */
export const NEXT = {
  requested: ['scheduling', 'running', 'cancelled', 'failed'],
  scheduling: ['requested', 'scheduled', 'running', 'failed', 'cancelled'],
  scheduled: ['running', 'failed', 'cancelled', 'requested'],
  running: ['completed', 'failed', 'timeout', 'canceling', 'cancelled', 'abandoned', 'requested'],
  canceling: ['cancelled', 'completed', 'failed', 'abandoned'],
  completed: [],
  failed: [],
  cancelled: [],
  timeout: [],
  abandoned: [],
} as const satisfies Record<string, readonly string[]>;

export type Status = keyof typeof NEXT;

export const STATUSES = Object.keys(NEXT) as Status[];

/** No status follows this one. */
export const isTerminal = (status: Status): boolean => NEXT[status].length === 0;

export const TERMINAL: readonly Status[] = STATUSES.filter(isTerminal);

/** Not started yet: a cancel ends these at once. */
export const WAITING: readonly Status[] = ['requested', 'scheduling', 'scheduled'];

/** What a task retry answers: an end that another attempt may mend. */
export const RETRIABLE: readonly Status[] = ['failed', 'timeout'];

export const isStatus = (text: string): text is Status => Object.hasOwn(NEXT, text);
