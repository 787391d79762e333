import { Runtime, RuntimeSummary } from '../../contract/runtimes';
import { verb } from './operation';
import type { Request } from './request';

/** Runtimes: how a worker starts a program. */
export const runtimes = (request: Request) => ({
  list: verb('GET /runtimes', (call) => () => request.all(RuntimeSummary, call())),

  /** 404 NOT_FOUND. */
  get: verb('GET /runtimes/{ref}', (call) => (ref: string) => request.one(Runtime, call({ ref }))),
});
