import { Enforcement, EnforcementSummary, type EnforcementFilter } from '../../contract/events';
import { ExecutionSummary } from '../../contract/executions';
import type { Request } from './request';

/** Enforcements: one rule fired by one event. */
export const enforcements = (request: Request) => ({
  /** 404 NOT_FOUND. */
  get: (id: number) => request.one(Enforcement, { method: 'GET', path: `/enforcements/${id}` }),

  /** Every match on every page, newest first. */
  list: (filter: EnforcementFilter) =>
    request.all(EnforcementSummary, { method: 'GET', path: '/enforcements', query: { ...filter } }),

  /** Its execution, and that one's children. */
  executions: (id: number) => request.all(ExecutionSummary, { method: 'GET', path: `/enforcements/${id}/executions` }),
});
