/** Abort reason of an attempt that this worker gives up: it is not cancelled, and somebody will run it again. */
export const RELINQUISHED = 'relinquished';
/** Abort reason of an attempt that somebody asked to stop. */
export const CANCELLED = 'cancelled';
