import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WorkerSettings } from '../../base/settings/settings';
import { WORKER_CALLS, type WorkerAccess } from '../access/worker-access';
import type { WorkerFeed } from '../access/worker-feed';
import { openMessageStream } from './message-stream';
import { answerCall, forwardFeed, logCallError, type Call } from './rpc';

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

/** Comes before every other message. */
export interface StartMessage {
  readonly start: WorkerStart;
}

/** Starts the worker at the other end of the stream, and answers its calls until it ends. */
export function serveWorker(
  stream: Duplex,
  start: WorkerStart,
  access: WorkerAccess,
  { feed, log }: { readonly feed: WorkerFeed; readonly log: Logger },
): void {
  const onError = logCallError(log, start.name);
  const messages = openMessageStream(stream, {
    onMessage: (message) =>
      void answerCall(message as Call, WORKER_CALLS, access, { onError }).then((reply) => messages.send(reply)),
    onClosed: () => unsubscribe(),
  });
  messages.send({ start } satisfies StartMessage);
  const unsubscribe = forwardFeed(feed, (message) => messages.send(message));
}
