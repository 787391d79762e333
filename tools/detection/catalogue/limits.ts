import type { Fault } from '../fault';

const OVERDUE_ATTEMPTS = 'store/functions/executions/overdue_attempts.sql';

/** Delays and limits, by the clock of a tenant and by the real one. */
export const LIMIT_FAULTS: readonly Fault[] = [
  {
    id: 'F1915',
    promise: 'the delay before a retry is exact to the millisecond',
    file: 'core/workflow/retry-delay.ts',
    within: 'jitteredDelayMs',
    find: 'if (retry.jitter === 0) return delay;',
    replace: 'if (retry.jitter === 0) return delay - 1;',
    claims: ['T2.8d', 'T2.8e', 'T2.8f', 'T2.8h'],
  },
  {
    id: 'F1916',
    promise: 'the delay before a retry begins at the end of the attempt before',
    file: 'store/executions/new-execution.ts',
    within: 'insertRetry',
    find: 'to_timestamp(${notBefore / 1000}::double precision)',
    replace: 'started_at + (to_timestamp(${notBefore / 1000}::double precision) - finished_at)',
    claims: ['T2.9f'],
  },
  {
    id: 'F1917',
    promise: 'the limit of a program counts seconds of the clock of its tenant',
    file: OVERDUE_ATTEMPTS,
    within: '',
    find: `e.limit_seconds * interval '1 s'`,
    replace: `e.limit_seconds * interval '1 ms'`,
    claims: ['T2.9c', 'T2.9g'],
  },
  {
    id: 'F1918',
    promise: 'the limit of a program is exact to the millisecond by the clock of its tenant',
    file: 'store/executions/attempts.ts',
    within: 'recordLimit',
    find: '${limit.seconds}',
    replace: '${limit.seconds - 0.001}',
    claims: ['T2.9a', 'T2.9b'],
  },
  {
    id: 'F1919',
    promise: 'the limit of a workflow passes without a clock of its tenant, too',
    file: 'store/functions/executions/overdue_limits.sql',
    within: '',
    find: 'coalesce(c.pinned_at, clock.now + c.ahead, clock.now)',
    replace: 'coalesce(c.pinned_at, clock.now + c.ahead)',
    claims: ['T2.9k'],
  },
  {
    id: 'F1920',
    promise: 'the limit of a workflow is exact to the millisecond',
    file: 'store/executions/workflow-runs.ts',
    within: 'setWorkflowDeadline',
    find: `interval '1 s'`,
    replace: `interval '999.9 ms'`,
    claims: ['T2.9h'],
  },
  {
    id: 'F1921',
    promise: 'a retry is due without a clock of its tenant, too',
    file: 'store/functions/executions/overdue_work.sql',
    within: '',
    find: 'e.due_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)',
    replace: 'e.due_at <= coalesce(c.pinned_at, clock.now + c.ahead)',
    claims: ['T2.8j'],
  },
  {
    id: 'F1922',
    promise: 'a program that the clock of its tenant has stopped has timed out',
    file: 'worker/attempts/slots.ts',
    within: 'AttemptSlots.passLimit',
    find: 'LIMIT_PASSED',
    replace: 'CANCELLED',
    claims: ['T2.9a', 'T2.9b', 'T2.9d'],
  },
];
