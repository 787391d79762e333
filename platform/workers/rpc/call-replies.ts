import { toCallError } from './call-error';
import { faultOf } from '../standalone/check-message';
import {
  CALL_ARGUMENTS,
  type Call,
  type Reply,
  type StandaloneAccess,
  type StandaloneCall,
} from '../standalone/protocol';

/** More calls without an answer than a worker has reasons for. */
const MAX_CALLS = 5_000;

/** The worker has sent more than it may. */
export class TooManyCalls extends Error {
  override readonly name = 'TooManyCalls';
}

/**
 * Runs each numbered call once, however often it is sent, and keeps its reply until the worker has
 * received it: a connection that is cut loses neither.
 */
export class CallReplies {
  private readonly running = new Set<number>();
  private readonly replies = new Map<number, Reply>();
  private firstPending = 1;

  constructor(
    private readonly access: StandaloneAccess,
    private readonly send: (reply: Reply) => void,
  ) {}

  /** Throws TooManyCalls. */
  receive([id, call, args, firstPending]: Call): void {
    this.forgetBefore(firstPending);
    if (id < this.firstPending || this.running.has(id)) return;
    const reply = this.replies.get(id);
    if (reply !== undefined) return this.send(reply);
    if (this.running.size + this.replies.size >= MAX_CALLS) throw new TooManyCalls();
    this.running.add(id);
    void answer(this.access, id, call, args).then((answered) => {
      this.running.delete(id);
      this.replies.set(id, answered);
      this.send(answered);
    });
  }

  /** Of these calls, those that were received. */
  known(ids: readonly number[]): number[] {
    return ids.filter((id) => this.running.has(id) || this.replies.has(id));
  }

  /** The worker has connected again, and waits for the replies of these calls. */
  sendAgain(ids: readonly number[]): void {
    for (const id of ids) {
      const reply = this.replies.get(id);
      if (reply !== undefined) this.send(reply);
    }
  }

  private forgetBefore(firstPending: number): void {
    if (firstPending <= this.firstPending) return;
    this.firstPending = firstPending;
    for (const id of this.replies.keys()) if (id < firstPending) this.replies.delete(id);
  }
}

const isCall = (name: string): name is StandaloneCall => Object.hasOwn(CALL_ARGUMENTS, name);

async function answer(access: StandaloneAccess, id: number, call: string, args: readonly unknown[]): Promise<Reply> {
  try {
    if (!isCall(call)) throw new TypeError(`${call} is not a call of workers`);
    const fault = faultOf(CALL_ARGUMENTS[call], args);
    if (fault !== null) throw new TypeError(`${call} has invalid arguments: ${fault}`);
    const method = access[call].bind(access) as (...values: readonly unknown[]) => Promise<unknown>;
    return { id, value: (await method(...args)) ?? null };
  } catch (error) {
    return { id, error: toCallError(error) };
  }
}
