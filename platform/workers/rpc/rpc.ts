import type { Logger } from 'pino';
import { writeJson } from '../../../contract/json-text/write-json';
import type { FeedSubscriber, WorkerFeed } from '../access/worker-feed';
import { NotRegistered } from '../access/not-registered';
import { fromCallError, isTransient, toCallError, type CallError } from './call-error';

/** `firstPending`: every call before it has been answered, and its answer has arrived. */
export type Call = readonly [id: number, name: string, args: readonly unknown[], firstPending: number];

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: CallError };

/** What a worker receives of every transport. */
export type PlatformMessage = Reply | { readonly notification: string } | { readonly connected: true };

interface CallChecks<Name extends string> {
  /** What is wrong with the arguments; null: nothing. */
  readonly faultOf?: (name: Name, args: readonly unknown[]) => string | null;
  /** Called for an error of a call that was run. */
  readonly onError: (name: Name, args: readonly unknown[], error: unknown) => void;
}

/**
 * Logs the error of a worker's call: the worker gets its message and code alone. What the worker
 * repeats, or has called too early, it logs itself. `worker`: its name.
 */
export function logCallError(log: Logger, worker: string): CallChecks<string>['onError'] {
  return (call, [first], error) => {
    if (isTransient(error) || error instanceof NotRegistered) return;
    const lease = typeof first === 'number' ? { fencingToken: first } : {};
    log.error({ err: error, worker, call, ...lease }, 'a call of a worker failed');
  };
}

/** Runs a call, if it is one of these. An error is a reply, too. Throws for what is no call. */
export const answerCall = <Name extends string>(
  [id, name, args]: Call,
  names: readonly Name[],
  access: Readonly<Record<Name, (...args: never[]) => Promise<unknown>>>,
  { faultOf, onError }: CallChecks<Name>,
): Promise<Reply> => {
  const run = async (): Promise<unknown> => {
    const known = names.find((each) => each === name);
    if (known === undefined) throw new TypeError(`${name} is not a call of workers`);
    const fault = faultOf?.(known, args) ?? null;
    if (fault !== null) throw new TypeError(`${name} has invalid arguments: ${fault}`);
    try {
      return (await Reflect.apply(access[known], access, args)) as unknown;
    } catch (error) {
      onError(known, args, error);
      throw error;
    }
  };
  return run().then(
    (value) => ({ id, value: value ?? null }),
    (error: unknown) => ({ id, error: toCallError(error) }),
  );
};

/** Sends a worker the notifications that are for it. Returns a function that ends it. */
export const forwardFeed = (
  feed: WorkerFeed,
  send: (message: PlatformMessage) => void,
  isForWorker: (notification: string) => boolean = () => true,
): (() => void) =>
  feed.subscribe({
    onConnected: () => send({ connected: true }),
    onNotification: (notification) => {
      if (isForWorker(notification)) send({ notification });
    },
  });

interface PendingCall {
  readonly name: string;
  readonly args: readonly unknown[];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Beside the arguments of a call: its number and name. */
const ENVELOPE_BYTES = 256;

/** The end of a worker: its calls that the platform has not answered, and its subscribers. */
export class RpcClient implements WorkerFeed {
  private readonly calls = new Map<number, PendingCall>();
  private readonly subscribers = new Set<FeedSubscriber>();
  private lastId = 0;
  private closedBy: Error | null = null;

  /** `send`: over the present connection, if there is one. `maxBytes`: of a call. */
  constructor(
    private readonly send: (call: Call) => void,
    private readonly maxBytes: number | null = null,
  ) {}

  /** Rejects once the connection is given up, and for a message that is too long. */
  call(name: string, args: readonly unknown[]): Promise<unknown> {
    const error = this.closedBy ?? this.tooLong(args);
    if (error !== null) return Promise.reject(error);
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { name, args, resolve, reject });
      this.sendCall(id);
    });
  }

  get pendingIds(): number[] {
    return [...this.calls.keys()];
  }

  /** A connection is open: what the platform has not received is sent again. */
  sendAgain(known: readonly number[]): void {
    for (const id of this.pendingIds) if (!known.includes(id)) this.sendCall(id);
  }

  /** What was sent before the subscription is lost. */
  subscribe(subscriber: FeedSubscriber): () => void {
    this.subscribers.add(subscriber);
    subscriber.onConnected();
    return () => void this.subscribers.delete(subscriber);
  }

  receive(message: PlatformMessage): void {
    if ('id' in message) this.settle(message);
    else if ('connected' in message) this.subscribers.forEach((subscriber) => subscriber.onConnected());
    else this.subscribers.forEach((subscriber) => subscriber.onNotification(message.notification));
  }

  /** Rejects every call, and those to come. */
  close(error: Error): void {
    this.closedBy ??= error;
    for (const { reject } of this.calls.values()) reject(error);
    this.calls.clear();
  }

  private settle(reply: Reply): void {
    const pending = this.calls.get(reply.id);
    this.calls.delete(reply.id);
    if ('error' in reply) pending?.reject(fromCallError(reply.error));
    else pending?.resolve(reply.value);
  }

  private sendCall(id: number): void {
    const pending = this.calls.get(id);
    const [firstPending = id] = this.calls.keys();
    if (pending) this.send([id, pending.name, pending.args, firstPending]);
  }

  private tooLong(args: readonly unknown[]): RangeError | null {
    if (this.maxBytes === null) return null;
    const bytes = Buffer.byteLength(writeJson(args)) + ENVELOPE_BYTES;
    return bytes > this.maxBytes ? new RangeError(`a message of ${bytes} bytes is more than ${this.maxBytes}`) : null;
  }
}
