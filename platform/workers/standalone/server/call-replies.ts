import type { Logger } from 'pino';
import { answerCall, logCallError, type Call, type Reply } from '../../rpc/rpc';
import { CALL_ARGUMENTS, STANDALONE_CALLS, type StandaloneAccess } from '../../rpc/standalone-protocol';
import { faultOf } from './check-message';

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
    private readonly owner: { readonly worker: string; readonly log: Logger },
  ) {}

  /** Throws TooManyCalls. */
  receive(call: Call): void {
    const [id, , , firstPending] = call;
    this.forgetBefore(firstPending);
    if (id < this.firstPending || this.running.has(id)) return;
    const reply = this.replies.get(id);
    if (reply !== undefined) return this.send(reply);
    if (this.running.size + this.replies.size >= MAX_CALLS) throw new TooManyCalls();
    this.running.add(id);
    void this.answer(call).then((answered) => {
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

  private answer(call: Call): Promise<Reply> {
    const { log, worker } = this.owner;
    return answerCall(call, STANDALONE_CALLS, this.access, {
      faultOf: (name, args) => faultOf(CALL_ARGUMENTS[name], args),
      onError: logCallError(log, worker),
    });
  }

  private forgetBefore(firstPending: number): void {
    if (firstPending <= this.firstPending) return;
    this.firstPending = firstPending;
    for (const id of this.replies.keys()) if (id < firstPending) this.replies.delete(id);
  }
}
