import type { Duplex } from 'node:stream';
import { fromCallError } from './call-error';
import { openMessageStream } from './message-stream';
import type { CallMessage, PlatformMessage, WorkerStart } from './serve-worker';
import { WORKER_CALLS, type WorkerAccess, type WorkerCall } from '../access/worker-access';
import type { FeedSubscriber, WorkerFeed } from '../access/worker-feed';

/** The platform, as a worker process sees it. */
export interface PlatformConnection {
  readonly start: WorkerStart;
  readonly access: WorkerAccess;
  readonly feed: WorkerFeed;
  close(): void;
}

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Waits for the start message; null if the platform ended before it. `onClosed` is called when the
 * platform has ended; calls then reject with an error that is worth repeating, as that of a lost
 * connection to the database.
 */
export function connectToPlatform(stream: Duplex, onClosed: () => void): Promise<PlatformConnection | null> {
  return new Promise((resolve) => {
    const calls = new PendingCalls();
    const subscribers = new Set<FeedSubscriber>();
    const messages = openMessageStream(stream, {
      onMessage: (message) => {
        const received = message as PlatformMessage;
        if ('start' in received) resolve({ ...connection, start: received.start });
        else if ('id' in received) calls.settle(received);
        else if ('connected' in received) subscribers.forEach((subscriber) => subscriber.onConnected());
        else subscribers.forEach((subscriber) => subscriber.onNotification(received.notification));
      },
      onClosed: () => {
        calls.close();
        resolve(null);
        onClosed();
      },
    });
    const connection = {
      access: createAccess((call, args) => calls.add((id) => messages.send([id, call, args] satisfies CallMessage))),
      feed: { subscribe: (subscriber: FeedSubscriber) => subscribeTo(subscribers, subscriber) },
      close: () => messages.close(),
    };
  });
}

/** What was sent before the subscription is lost. */
function subscribeTo(subscribers: Set<FeedSubscriber>, subscriber: FeedSubscriber): () => void {
  subscribers.add(subscriber);
  subscriber.onConnected();
  return () => void subscribers.delete(subscriber);
}

const connectionClosed = (): Error => new Error('the connection to the platform is closed');

class PendingCalls {
  private readonly calls = new Map<number, PendingCall>();
  private lastId = 0;
  private isClosed = false;

  add(send: (id: number) => void): Promise<unknown> {
    if (this.isClosed) return Promise.reject(connectionClosed());
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject });
      send(id);
    });
  }

  settle(reply: Extract<PlatformMessage, { readonly id: number }>): void {
    const call = this.calls.get(reply.id);
    this.calls.delete(reply.id);
    if ('error' in reply) call?.reject(fromCallError(reply.error));
    else call?.resolve(reply.value);
  }

  close(): void {
    this.isClosed = true;
    for (const { reject } of this.calls.values()) reject(connectionClosed());
    this.calls.clear();
  }
}

/** A method for each call. */
const createAccess = (sendCall: (call: WorkerCall, args: readonly unknown[]) => Promise<unknown>): WorkerAccess =>
  Object.fromEntries(
    WORKER_CALLS.map((call) => [call, (...args: readonly unknown[]) => sendCall(call, args)]),
  ) as unknown as WorkerAccess;
