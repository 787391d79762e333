import type { Logger } from 'pino';

/** Handles payloads; equal payloads are one key. */
export interface CoalescingQueue {
  push(payload: string): void;
  /** Drops pending payloads and resolves when the running handlers have ended. */
  stop(): Promise<void>;
}

/**
 * Runs at most `concurrency` handlers at once, in order of arrival, and never two for the same
 * payload: payloads that arrive while theirs is handled share one further run, as that one may
 * have read the rows before them. A handler that fails is not retried here: the scheduler loop
 * sends the notification again.
 */
export function coalesceByKey(
  handle: (payload: string) => Promise<void>,
  concurrency: number,
  log: Logger,
): CoalescingQueue {
  const pending = new Set<string>();
  const running = new Map<string, Promise<void>>();

  const startNext = () => {
    for (const payload of pending) {
      if (running.size >= concurrency) return;
      if (running.has(payload)) continue;
      pending.delete(payload);
      running.set(payload, runHandler(payload));
    }
  };

  const runHandler = async (payload: string) => {
    const done = (async () => handle(payload))(); // also turns a synchronous throw into a rejection
    try {
      await done;
    } catch (error) {
      log.error({ err: error, payload }, 'notification handler failed');
    }
    running.delete(payload);
    startNext();
  };

  let isStopped = false;
  return {
    push: (payload) => {
      if (isStopped) return;
      pending.add(payload);
      startNext();
    },
    stop: async () => {
      isStopped = true;
      pending.clear();
      await Promise.all(running.values());
    },
  };
}
