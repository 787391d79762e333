import { fromCallError } from './call-error';
import { MAX_WORKER_MESSAGE_BYTES, type Reply } from '../standalone/protocol';
import { writeJson } from '../../../contract/json-text/write-json';

interface PendingCall {
  readonly call: string;
  readonly args: readonly unknown[];
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Beside the arguments of a call: its number and name. */
const ENVELOPE_BYTES = 256;

/** The calls that the platform has not answered. They wait, over any number of connections. */
export class PendingCalls {
  private readonly calls = new Map<number, PendingCall>();
  private lastId = 0;
  private closedBy: Error | null = null;

  /** `send`: over the present connection, if there is one. */
  constructor(private readonly send: (message: string) => void) {}

  /** Rejects once the connection is given up, and for a message that is too long. */
  add(call: string, args: readonly unknown[]): Promise<unknown> {
    if (this.closedBy !== null) return Promise.reject(this.closedBy);
    const bytes = Buffer.byteLength(writeJson(args)) + ENVELOPE_BYTES;
    if (bytes > MAX_WORKER_MESSAGE_BYTES)
      return Promise.reject(new RangeError(`a message of ${bytes} bytes is more than ${MAX_WORKER_MESSAGE_BYTES}`));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { call, args, resolve, reject });
      this.sendCall(id);
    });
  }

  get ids(): number[] {
    return [...this.calls.keys()];
  }

  /** A connection is open: what the platform has not received is sent again. */
  sendAgain(known: readonly number[]): void {
    for (const id of this.ids) if (!known.includes(id)) this.sendCall(id);
  }

  settle(reply: Reply): void {
    const pending = this.calls.get(reply.id);
    this.calls.delete(reply.id);
    if ('error' in reply) pending?.reject(fromCallError(reply.error));
    else pending?.resolve(reply.value);
  }

  /** Rejects every call, and those to come. */
  close(error: Error): void {
    this.closedBy ??= error;
    for (const { reject } of this.calls.values()) reject(error);
    this.calls.clear();
  }

  private sendCall(id: number): void {
    const pending = this.calls.get(id);
    const [firstPending = id] = this.calls.keys();
    if (pending) this.send(writeJson([id, pending.call, pending.args, firstPending]));
  }
}
