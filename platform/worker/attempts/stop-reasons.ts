/** Abort reason of an attempt that this worker gives up: not cancelled, it will be recovered. */
export const RELINQUISHED = 'relinquished';
/** Abort reason of an attempt whose execution was cancelled. */
export const CANCELLED = 'cancelled';
