import type { Faults } from '../../fault';

/** Stops of a platform, and the executions that they interrupt. */
export const SHUTDOWN_FAULTS: Faults = {
  F1030: {
    promise: 'a platform that stops lets executions end in its grace',
    file: 'worker/attempts/slots.ts',
    within: 'AttemptSlots.drain',
    find: 'isShutdown ? shutdownGraceMs : killGraceMs',
    replace: '0',
    claims: ['S0-30'],
  },
  F1031: {
    promise: 'a suspended execution states why it was stopped',
    file: 'store/executions/suspend-attempt.ts',
    within: 'suspendAttempt',
    find: '{ termination_reason: reason }',
    replace: '{}',
    claims: ['S0-31'],
  },
  F1032: {
    promise: 'the log of an execution contains its suspension',
    file: 'store/executions/suspend-attempt.ts',
    within: 'suspendAttempt',
    find: `[{ type: 'EXECUTION_SUSPENDED', payload: { attempt: held.attempt, reason } }]`,
    replace: '[]',
    claims: ['S0-32'],
  },
  F1033: {
    promise: 'a crash of a platform is recorded as the reason of a recovery',
    file: 'executor/recovery/recover-execution.ts',
    within: 'reasonOfSilence',
    find: `return 'crashed';`,
    replace: `return 'heartbeat_timeout';`,
    claims: ['S0-33'],
  },
  F1035: {
    promise: 'a platform that stops is not ready',
    file: 'api/status/readiness.ts',
    within: 'openReadiness',
    find: 'drain.isDraining',
    replace: 'drain.isDraining && false',
    claims: ['S0-35'],
  },
  F1036: {
    promise: 'a rejection during a stop states when to repeat the request',
    file: 'api/http/error-handler.ts',
    within: 'handleError',
    find: 'clientError.status === 503',
    replace: `clientError.code === 'DB_UNAVAILABLE'`,
    claims: ['S0-35'],
  },
  F1640: {
    promise: 'a worker that stops waits for the programs that it runs',
    file: 'worker/attempts/slots.ts',
    within: 'AttemptSlots.drain',
    find: 'await Promise.all([...this.running].map(({ done }) => done));',
    replace: '',
    claims: ['T3.30a'],
  },
  F1641: {
    promise: 'what was assigned to a worker that stopped is assigned again after the next start',
    file: 'store/functions/executions/lost_executions.sql',
    find: `e.status in ('scheduled', 'running', 'canceling', 'suspended')`,
    replace: `e.status in ('running', 'canceling', 'suspended')`,
    claims: ['T3.30a'],
  },
};
