import { DeleteResult } from '../../../../contract/envelopes';
import { Runtime, RuntimeSummary, type CreateRuntime, type UpdateRuntime } from '../../../../contract/runtimes';
import { verb } from '../../operation';
import type { Request } from '../../request';

/** Runtimes: how a worker starts a program. */
export const runtimes = (request: Request) => ({
  list: verb('GET /runtimes', (call) => request.all(RuntimeSummary, call())),

  /** 404 NOT_FOUND. */
  get: verb('GET /runtimes/{ref}', (call, ref: string) => request.one(Runtime, call({ ref }))),

  /** 409 CONFLICT, 404 for its pack, 403, 422. */
  create: verb('POST /runtimes', (call, body: CreateRuntime) => request.one(Runtime, call({ body }))),

  update: verb('PUT /runtimes/{ref}', (call, ref: string, body: UpdateRuntime) =>
    request.one(Runtime, call({ ref, body })),
  ),

  /** Its actions and sensors keep the ref. 404 NOT_FOUND, 403. */
  remove: verb('DELETE /runtimes/{ref}', (call, ref: string) => request.body(DeleteResult, call({ ref }))),
});
