import { END_SIGNALS } from '../../helpers/end-signals';
import { exitForCause } from '../stop-cause';

type Signal = (typeof END_SIGNALS)[number];

/** Signals of a run, which tears down before it exits by the first of them. */
export interface CaughtSignals {
  readonly stop: AbortSignal;
  cause(): Signal | null;
  /** Aborted by the next signal, whether there was one or not. */
  next(): AbortSignal;
  /** Exits by the first signal, where there was one. */
  exit(): void;
}

/** Catches the signals that end a run. The teardown goes on through any later one. */
export function catchSignals(): CaughtSignals {
  const stop = new AbortController();
  let first: Signal | null = null;
  let next = new AbortController();
  const onSignal = (signal: Signal): void => {
    const text = first === null ? `${signal}: removing the sandbox` : `${signal}: the sandbox is being removed`;
    process.stderr.write(`${text}\n`);
    first ??= signal;
    stop.abort();
    next.abort();
  };
  for (const signal of END_SIGNALS) process.on(signal, onSignal);
  return {
    stop: stop.signal,
    cause: () => first,
    next: () => {
      next = new AbortController();
      return next.signal;
    },
    exit: () => {
      for (const signal of END_SIGNALS) process.removeListener(signal, onSignal);
      if (first !== null) exitForCause(first);
    },
  };
}
