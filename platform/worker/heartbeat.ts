import type { Logger } from 'pino';
import type { Settings } from '../base/settings/settings';
import type { WorkerAccess } from '../workers/access/worker-access';

/** A lease survives two lost heartbeats. */
const HEARTBEATS_PER_LEASE = 3;
const MAX_RETRY_DELAY_MS = 1_000;

interface HeartbeatOptions {
  readonly access: WorkerAccess;
  readonly settings: HeartbeatSettings;
  readonly log: Logger;
  /** Fencing tokens of the leases to renew. */
  fencingTokens(): number[];
  /** Stops an execution that was cancelled. */
  cancel(execution: number): void;
  /** Stops what runs under a lease that the worker holds no more. */
  relinquish(fencingToken: number): void;
}

type HeartbeatSettings = Pick<Settings, 'heartbeatMs' | 'leaseMs'>;

export const heartbeatIntervalMs = ({ heartbeatMs, leaseMs }: HeartbeatSettings): number =>
  Math.min(heartbeatMs, leaseMs / HEARTBEATS_PER_LEASE);

/**
 * Renews the worker's leases and stops what the reply names. A failed heartbeat is retried sooner.
 */
export function startHeartbeat({ access, settings, log, fencingTokens, cancel, relinquish }: HeartbeatOptions): {
  stop(): void;
} {
  const intervalMs = heartbeatIntervalMs(settings);
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const schedule = (delayMs: number) => {
    if (!isStopped) timer = setTimeout(() => void send().then(schedule), delayMs);
  };
  const send = async (): Promise<number> => {
    try {
      const { cancelled, lost } = await access.recordHeartbeat(fencingTokens());
      for (const execution of cancelled) cancel(execution);
      for (const token of lost) relinquish(token);
      return intervalMs;
    } catch (error) {
      log.warn({ err: error }, 'could not record the heartbeat');
      return Math.min(intervalMs, MAX_RETRY_DELAY_MS);
    }
  };
  schedule(intervalMs);
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
