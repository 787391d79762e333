import { Type } from '@sinclair/typebox';
import {
  ActivityPage,
  AgentState,
  Claim,
  ClaimReceipt,
  CreatedExternalWorker,
  CreatedWorker,
  DispatchReceipt,
  HeartbeatReceipt,
  WorkerChange,
  type ActivityEntry,
  type ClaimResult,
  type ClaimWork,
  type CreateWorker,
  type DispatchToWorker,
  type RegisterWorker,
} from '../../../../contract/tenant-workers';
import { verb } from '../../operation';
import type { Request } from '../../request';

/**
 * Workers of a tenant: managed ones, whose processes the platform runs, and external ones,
 * programs that fetch their executions. 404 NOT_FOUND for one of another tenant, 409
 * ILLEGAL_TRANSITION with the verbs that its state allows.
 */
export const tenantWorkers = (request: Request) => ({
  /** The process of a managed worker is started later. 403 FORBIDDEN, 422. */
  create: verb('POST /workers', (call, body: CreateWorker) => request.one(CreatedWorker, call({ body }))),

  /** The response is the only one with the token of its agent. 403 FORBIDDEN, 422. */
  createExternal: verb('POST /workers', (call, body: Omit<CreateWorker, 'kind'> = {}) =>
    request.one(CreatedExternalWorker, call({ body: { kind: 'external', ...body } })),
  ),

  /** `force`: cancels what it has not finished. 409 WORKER_BUSY without. */
  remove: verb('DELETE /workers/{id}', (call, id: number, query: { readonly force?: boolean } = {}) =>
    request.one(WorkerChange, call({ id, query: { ...query } })),
  ),

  /** It gets nothing more until it is resumed. */
  pause: verb('POST /workers/{id}/pause', (call, id: number) => request.one(WorkerChange, call({ id }))),

  resume: verb('POST /workers/{id}/resume', (call, id: number) => request.one(WorkerChange, call({ id }))),

  /** Stops the process of a managed worker until it wakes. 409 WORKER_BUSY, WORKER_NOT_MANAGED. */
  hibernate: verb('POST /workers/{id}/hibernate', (call, id: number) => request.one(WorkerChange, call({ id }))),

  /** 409 WORKER_NOT_MANAGED. */
  wake: verb('POST /workers/{id}/wake', (call, id: number) => request.one(WorkerChange, call({ id }))),

  /**
   * Queues an execution that this worker alone may run; a hibernated one wakes. 409
   * WORKER_AWAITING_AGENT, WORKER_PAUSED; 422 WORKER_RUNTIME_MISMATCH; 429 WORKER_QUEUE_FULL.
   */
  dispatch: verb('POST /workers/{id}/dispatch', (call, id: number, body: DispatchToWorker) =>
    request.one(DispatchReceipt, call({ id, body })),
  ),

  /** What it ran, and how its state changed, oldest first. */
  activity: verb('GET /workers/{id}/activity', async (call, id: number): Promise<ActivityEntry[]> => {
    const entries: ActivityEntry[] = [];
    let cursor: string | undefined;
    for (;;) {
      const got = await request.one(ActivityPage, call({ id, query: { cursor, limit: 1_000 } }));
      if (got.entries.length === 0) return entries;
      entries.push(...got.entries);
      cursor = got.next;
    }
  }),

  /**
   * With the token of this external worker, as those below. 401; 422 REGISTER_URL_REQUIRED,
   * REGISTER_URL_BLOCKED.
   */
  register: verb('POST /workers/{id}/register', (call, id: number, body: RegisterWorker) =>
    request.one(AgentState, call({ id, body })),
  ),

  /** Renews these claims. Returns those that are to be stopped. */
  heartbeat: verb('POST /workers/{id}/heartbeat', (call, id: number, fencing_tokens: number[] = []) =>
    request.one(HeartbeatReceipt, call({ id, body: { fencing_tokens } })),
  ),

  /** Up to `limit` executions, oldest first, none where the queue is empty; 1 by default. */
  claim: verb('POST /workers/{id}/claims', (call, id: number, body: ClaimWork = {}) =>
    request.one(Type.Array(Claim), call({ id, body })),
  ),

  /** 409 LEASE_FENCED where the claim is not the current one. */
  answer: verb(
    'POST /workers/{id}/claims/{execution}/result',
    (call, id: number, execution: number, body: ClaimResult) =>
      request.one(ClaimReceipt, call({ id, execution, body })),
  ),
});
