import type { Logger } from 'pino';
import { openListener } from '../../store/database/listener';
import { WORKER_CHANNEL } from '../../store/database/notify';

export interface FeedSubscriber {
  /** Notifications from before may be lost: there may be work of every kind. */
  onConnected(): void;
  onNotification(payload: string): void;
}

/** The notifications for workers. */
export interface WorkerFeed {
  /** Returns a function that ends the subscription. */
  subscribe(subscriber: FeedSubscriber): () => void;
}

/** One listening connection for all workers of a platform. */
export function openWorkerFeed(url: string, log: Logger): WorkerFeed & { close(): Promise<void> } {
  const subscribers = new Set<FeedSubscriber>();
  const listener = openListener({
    url,
    channel: WORKER_CHANNEL,
    log,
    onConnected: () => subscribers.forEach((subscriber) => subscriber.onConnected()),
    onNotification: (payload) => subscribers.forEach((subscriber) => subscriber.onNotification(payload)),
  });
  return {
    subscribe: (subscriber) => {
      subscribers.add(subscriber);
      if (listener.connection !== null) subscriber.onConnected();
      return () => void subscribers.delete(subscriber);
    },
    close: () => listener.close(),
  };
}
