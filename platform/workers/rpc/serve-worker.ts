import type { Duplex } from 'node:stream';
import type { WorkerSettings } from '../../base/settings/settings';
import { toCallError, type CallError } from './call-error';
import { openMessageStream, type MessageStream } from './message-stream';
import { WORKER_CALLS, type WorkerAccess, type WorkerCall } from '../access/worker-access';
import type { WorkerFeed } from '../access/worker-feed';

/** The file descriptor of a worker process at which the platform serves it. */
export const WORKER_STREAM = 3;

/** The first message to a worker process. */
export interface WorkerStart extends WorkerSettings {
  readonly apiUrl: string;
  readonly name: string;
  /** Of the template of its worker: variables of its programs. */
  readonly presetVariables: Readonly<Record<string, string>>;
  /** Programs of packs are confined. */
  readonly isConfined: boolean;
}

/** A call of a worker process. */
export type CallMessage = readonly [id: number, call: WorkerCall, args: readonly unknown[]];

/** What a worker process receives. */
export type PlatformMessage =
  | { readonly start: WorkerStart }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: CallError }
  | { readonly notification: string }
  | { readonly connected: true };

/** Starts the worker at the other end of the stream, and answers its calls until it ends. */
export function serveWorker(stream: Duplex, start: WorkerStart, access: WorkerAccess, feed: WorkerFeed): void {
  const messages: MessageStream = openMessageStream(stream, {
    onMessage: (message) => void answer(message as CallMessage, access).then((reply) => messages.send(reply)),
    onClosed: () => unsubscribe(),
  });
  const send = (message: PlatformMessage) => messages.send(message);
  send({ start });
  const unsubscribe = feed.subscribe({
    onConnected: () => send({ connected: true }),
    onNotification: (notification) => send({ notification }),
  });
}

async function answer([id, call, args]: CallMessage, access: WorkerAccess): Promise<PlatformMessage> {
  try {
    if (!WORKER_CALLS.includes(call)) throw new TypeError(`${call as string} is not a call of workers`);
    const method = access[call].bind(access) as (...values: readonly unknown[]) => Promise<unknown>;
    return { id, value: (await method(...args)) ?? null };
  } catch (error) {
    return { id, error: toCallError(error) };
  }
}
