import { Worker, type WorkerFilter } from '../../contract/workers';
import { verb } from './operation';
import type { Request } from './request';

/** Workers: processes that are handed executions. */
export const workers = (request: Request) => ({
  /** Every match, by name. 403 FORBIDDEN. */
  list: verb(
    'GET /workers',
    (call) =>
      (filter: WorkerFilter = {}) =>
        request.all(Worker, call({ query: { ...filter } })),
  ),

  /** 404 NOT_FOUND. */
  get: verb('GET /workers/{id}', (call) => (id: number) => request.bare(Worker, call({ id }))),

  /** It is given nothing new; what it has goes on. 403 FORBIDDEN, 404. */
  cordon: verb(
    'POST /workers/{id}/cordon',
    (call) => (id: number, reason?: string) => request.bare(Worker, call({ id, body: reason ? { reason } : {} })),
  ),

  /** What waited for it is dispatched. 403 FORBIDDEN, 404. */
  uncordon: verb('POST /workers/{id}/uncordon', (call) => (id: number) => request.bare(Worker, call({ id }))),
});
