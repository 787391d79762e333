import { Runtime, RuntimeSummary } from '../../contract/runtimes';
import type { Request } from './request';

/** Runtimes: how a worker starts a program. */
export const runtimes = (request: Request) => ({
  list: () => request.all(RuntimeSummary, { method: 'GET', path: '/runtimes' }),

  /** 404 NOT_FOUND. */
  get: (ref: string) => request.one(Runtime, { method: 'GET', path: `/runtimes/${encodeURIComponent(ref)}` }),
});
