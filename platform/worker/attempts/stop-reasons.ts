/** Abort reason of a worker that stops with its platform. */
export const SHUTDOWN = 'shutdown';
/** Abort reason of an attempt that this worker gives up: not cancelled, it will be recovered. */
export const RELINQUISHED = 'relinquished';
/** The same, because the platform stops: the execution is started again at its next start. */
export const SUSPENDED = 'suspended';
/** Abort reason of an attempt whose execution was cancelled. */
export const CANCELLED = 'cancelled';
/** Abort reason of an attempt whose limit of time has passed by the clock of its tenant. */
export const LIMIT_PASSED = 'limit-passed';
