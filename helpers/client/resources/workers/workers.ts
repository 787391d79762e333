import { Worker, type WorkerFilter } from '../../../../contract/workers';
import { verb } from '../../operation';
import type { Request } from '../../request';

/** Workers: processes that run executions. */
export const workers = (request: Request) => ({
  /** Every match, by name. 403 FORBIDDEN. */
  list: verb('GET /workers', (call, filter: WorkerFilter = {}) => request.all(Worker, call({ query: { ...filter } }))),

  /** 404 NOT_FOUND. */
  get: verb('GET /workers/{id}', (call, id: number) => request.body(Worker, call({ id }))),

  /** It receives no new executions; running ones continue. 403 FORBIDDEN, 404. */
  cordon: verb('POST /workers/{id}/cordon', (call, id: number, reason?: string) =>
    request.body(Worker, call({ id, body: reason ? { reason } : {} })),
  ),

  /** Executions waiting for it are dispatched. 403 FORBIDDEN, 404. */
  uncordon: verb('POST /workers/{id}/uncordon', (call, id: number) => request.body(Worker, call({ id }))),
});
