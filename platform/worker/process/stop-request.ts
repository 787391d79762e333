/** Node fires longer timers at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export type ProcessStopCause = 'timeout' | 'cancelled';

interface StopConditions {
  readonly limitMs: number;
  readonly stop: AbortSignal;
}

/**
 * Calls `onStop` once, at the limit or when `stop` aborts: the first cause wins. Returns its end.
 */
export function watchForStop({ limitMs, stop }: StopConditions, onStop: (cause: ProcessStopCause) => void): () => void {
  const end = () => {
    clearTimeout(timer);
    stop.removeEventListener('abort', cancel);
  };
  const request = (cause: ProcessStopCause) => {
    end();
    onStop(cause);
  };
  const cancel = () => request('cancelled');
  // Plus 1: a timer may fire in the millisecond before it is due.
  const timer = setTimeout(request, Math.min(limitMs + 1, MAX_TIMER_MS), 'timeout');
  if (stop.aborted) cancel();
  else stop.addEventListener('abort', cancel, { once: true });
  return end;
}
