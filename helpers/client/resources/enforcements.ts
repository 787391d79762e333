import { page, type PageWindow } from '../../../contract/envelopes';
import { Enforcement, EnforcementSummary, type EnforcementFilter } from '../../../contract/events';
import { ExecutionSummary } from '../../../contract/executions';
import { verb } from '../operation';
import type { Request } from '../request';

/** Enforcements: one rule fired by one event. */
export const enforcements = (request: Request) => ({
  /** 404 NOT_FOUND. */
  get: verb(['GET /enforcements/{id}', 'get_enforcement'], (call, id: number) =>
    request.one(Enforcement, call({ id })),
  ),

  /** Every match on every page, newest first. */
  list: verb(['GET /enforcements', 'list_enforcements'], (call, filter: EnforcementFilter) =>
    request.all(EnforcementSummary, call({ query: { ...filter } })),
  ),

  /** One page, newest first. */
  page: verb('GET /enforcements', (call, filter: EnforcementFilter, window: PageWindow) =>
    request.body(page(EnforcementSummary), call({ query: { ...filter, ...window } })),
  ),

  /** Its execution and that execution's children. */
  executions: verb('GET /enforcements/{id}/executions', (call, id: number) =>
    request.all(ExecutionSummary, call({ id })),
  ),
});
