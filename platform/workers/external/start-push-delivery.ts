import type { Logger } from 'pino';
import { EgressError } from '../../egress/egress-error';
import type { EgressPolicy } from '../../base/http/allow-list';
import { createGuard } from '../../egress/egress-guard';
import { runPollingLoop } from '../../base/async/polling-loop';
import { WakeupTimer } from '../../base/async/wakeup-timer';
import type { Database } from '../../store/database/connection';
import { openListener } from '../../store/database/listener';
import { PUSH_CHANNEL } from '../../store/database/notify';
import { claimPushDeliveries } from '../../store/executions/push-deliveries';
import { deliver } from './deliver';

/** Finds deliveries that are due again, and those whose notification was lost. */
const POLL_MS = 1_000;
/** An agent that does not answer keeps no more connections open. */
const MAX_PER_WORKER = 4;
const MAX_REQUESTS = 64;

export interface PushDeliveryOptions {
  /** The application's connection URL, to listen for notifications. */
  readonly databaseUrl: string;
  /** Applies to the addresses of agents. */
  readonly egress: EgressPolicy;
  readonly pickUpMs: number;
}

/** Hands over executions to the agents of external workers that registered with an address. */
export interface PushDeliveries {
  /** Ends the requests that are open: their executions are delivered again. */
  stop(): Promise<void>;
}

export function startPushDelivery(
  db: Database,
  { databaseUrl, egress, pickUpMs }: PushDeliveryOptions,
  log: Logger,
): PushDeliveries {
  const stopping = new AbortController();
  const { signal: stop } = stopping;
  const wakeup = new WakeupTimer();
  const wake = () => wakeup.scheduleIn(0);
  const active = new Set<Promise<void>>();
  const options = { guard: createGuard(egress), pickUpMs, stop };
  const deliverDue = async (): Promise<number> => {
    const limits = { maxPerWorker: MAX_PER_WORKER, maxCount: MAX_REQUESTS - active.size };
    for (const delivery of await claimPushDeliveries(db, limits)) {
      const { execution } = delivery;
      const ended = deliver(db, delivery, options, log)
        .catch((error: unknown) => log.error({ err: error, execution }, 'a delivery failed, and is repeated'))
        .finally(() => {
          active.delete(ended);
          wake();
        });
      active.add(ended);
    }
    return POLL_MS;
  };
  const listener = openListener({
    url: databaseUrl,
    channel: PUSH_CHANNEL,
    log,
    onNotification: wake,
    onConnected: wake,
  });
  const loop = runPollingLoop('the delivery to agents', deliverDue, wakeup, stop, log);
  return {
    stop: async () => {
      stopping.abort(new EgressError('CONNECTION', 'the platform stops'));
      await loop;
      await listener.close();
      await Promise.all(active);
    },
  };
}
