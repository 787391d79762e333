import { LIMIT_PASSED } from '../attempts/stop-reasons';
import type { ProcessStopCause } from '../../outcomes/program-exit';

/** Node fires longer timers at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How often the limits of a control group are compared with what its processes use. */
const LIMIT_POLL_MS = 1_000;

interface StopConditions {
  /** Infinity: `stop` says when it has passed. */
  readonly limitMs: number;
  readonly stop: AbortSignal;
  /** Whether the processes reached a limit of their control group. Absent: they have none. */
  readonly hasReachedLimit?: () => boolean;
  /** Aborts when a limit of the disk was reached. */
  readonly limitSignal?: AbortSignal | undefined;
}

/**
 * Calls `onStop` once, at the limit of time or of a control group, or when `stop` aborts: the
 * first cause wins. Returns a function that ends it.
 */
export function watchForStop(
  { limitMs, stop, hasReachedLimit, limitSignal }: StopConditions,
  onStop: (cause: ProcessStopCause) => void,
): () => void {
  const end = () => {
    clearTimeout(timer);
    clearInterval(poll);
    stop.removeEventListener('abort', cancel);
    limitSignal?.removeEventListener('abort', reachLimit);
  };
  const request = (cause: ProcessStopCause) => {
    end();
    onStop(cause);
  };
  const cancel = () => request(stop.reason === LIMIT_PASSED ? 'timeout' : 'cancelled');
  const reachLimit = () => request('limit-reached');
  // Plus 1: a timer may fire in the millisecond before it is due.
  const timer = limitMs === Infinity ? undefined : setTimeout(request, Math.min(limitMs + 1, MAX_TIMER_MS), 'timeout');
  const poll =
    hasReachedLimit && setInterval(() => isReached(hasReachedLimit) && request('limit-reached'), LIMIT_POLL_MS);
  if (stop.aborted) cancel();
  else if (limitSignal?.aborted) reachLimit();
  else {
    stop.addEventListener('abort', cancel, { once: true });
    limitSignal?.addEventListener('abort', reachLimit, { once: true });
  }
  return end;
}

function isReached(hasReachedLimit: () => boolean): boolean {
  try {
    return hasReachedLimit();
  } catch {
    return false; // a group that cannot be read is that of a program that has ended
  }
}
