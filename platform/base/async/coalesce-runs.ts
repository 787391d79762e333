export interface CoalescedRuns {
  /** Starts a run; while one is active, requests together cause one further run. */
  request(): void;
  /** Starts no more runs, and resolves when the active one has ended. */
  stop(): Promise<void>;
}

/**
 * One run at a time: a run may have read the rows before the change that a later request is
 * about. `onError` receives what a run throws; the next run then takes another request.
 */
export function coalesceRuns(run: () => Promise<void>, onError: (error: unknown) => void): CoalescedRuns {
  let isRequested = false;
  let isStopped = false;
  let active: Promise<void> | null = null;

  const runWhileRequested = async () => {
    while (isRequested && !isStopped) {
      isRequested = false;
      await run().catch(onError);
    }
    active = null;
  };

  return {
    request: () => {
      if (isStopped) return;
      isRequested = true;
      active ??= runWhileRequested();
    },
    stop: async () => {
      isStopped = true;
      await active;
    },
  };
}
