import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Notification } from '../../contract/notifications';
import { isLivePending, useLive } from './live';

/** What a part of the page shows of the platform. */
export interface Resource<T> {
  /** The newest value; undefined until the first one. It stays while a later request fails. */
  readonly value: T | undefined;
  /** Of the newest request; null: it succeeded. */
  readonly error: unknown;
  reload(): void;
}

interface Changes {
  /** Entity types whose changes make it load again. */
  readonly types: readonly string[];
  /** Whether one of them matters; by default each does. */
  readonly matter?: (notification: Notification) => boolean;
}

/** Several changes within this time are one more request, ms. */
const COLLECTED_MS = 300;
/** The first request waits so long for a connection, ms. */
const CONNECTED_WITHIN_MS = 1_000;

/**
 * Loads a value once its changes arrive, and again when `key` differs, when a notification
 * matters, and after a lost connection. A response that a later request overtakes is not shown.
 */
export function useResource<T>(
  key: string,
  { types, matter = () => true }: Changes,
  load: (signal: AbortSignal) => Promise<T>,
): Resource<T> {
  const [state, setState] = useState<{ key: string; value: T | undefined; error: unknown }>({
    key,
    value: undefined,
    error: null,
  });
  const running = useRef<AbortController | null>(null);
  const timer = useRef<number | undefined>(undefined);
  /** The timer is that of the first request. */
  const isWaiting = useRef(false);
  const latest = useRef(load);
  latest.current = load;

  const reload = useCallback((): void => {
    window.clearTimeout(timer.current);
    timer.current = undefined;
    isWaiting.current = false;
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    latest.current(controller.signal).then(
      (value) => !controller.signal.aborted && setState({ key, value, error: null }),
      (error: unknown) =>
        !controller.signal.aborted &&
        setState((before) => ({ key, value: before.key === key ? before.value : undefined, error })),
    );
  }, [key]);

  useEffect(() => {
    isWaiting.current = isLivePending(types);
    if (isWaiting.current) timer.current = window.setTimeout(reload, CONNECTED_WITHIN_MS);
    else reload();
    return () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
      running.current?.abort();
    };
  }, [reload]);

  useLive(types, (notification) => {
    if (notification === null && isWaiting.current) return reload();
    if (timer.current !== undefined || (notification !== null && !matter(notification))) return;
    timer.current = window.setTimeout(reload, COLLECTED_MS);
  });
  return { value: state.key === key ? state.value : undefined, error: state.error, reload };
}
