import type { Duplex } from 'node:stream';
import { methodsFor } from '../access/call-methods';
import { WORKER_CALLS, type WorkerAccess } from '../access/worker-access';
import type { WorkerFeed } from '../access/worker-feed';
import { openMessageStream } from './message-stream';
import { RpcClient, type PlatformMessage } from './rpc';
import type { StartMessage, WorkerStart } from './serve-worker';

/** The platform, as a worker process sees it. */
export interface PlatformConnection {
  readonly start: WorkerStart;
  readonly access: WorkerAccess;
  readonly feed: WorkerFeed;
  close(): void;
}

/**
 * Waits for the start message; null if the platform ended before it. `onClosed` is called when the
 * platform has ended; calls then reject with an error that is worth repeating, as that of a lost
 * connection to the database.
 */
export function connectToPlatform(stream: Duplex, onClosed: () => void): Promise<PlatformConnection | null> {
  return new Promise((resolve) => {
    const client = new RpcClient(([id, name, args]) => messages.send([id, name, args]));
    const access = methodsFor<WorkerAccess>(WORKER_CALLS, (name, args) => client.call(name, args));
    const messages = openMessageStream(stream, {
      onMessage: (message) => {
        const received = message as StartMessage | PlatformMessage;
        if (!('start' in received)) client.receive(received);
        else resolve({ start: received.start, access, feed: client, close: () => messages.close() });
      },
      onClosed: () => {
        client.close(new Error('the connection to the platform is closed'));
        resolve(null);
        onClosed();
      },
    });
  });
}
