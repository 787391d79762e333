import { page, type PageWindow } from '../../../contract/envelopes';
import { Type } from '@sinclair/typebox';
import { Decision, Event, EventSummary, type CreateEvent, type EventFilter } from '../../../contract/events';
import { verb } from '../operation';
import type { Request } from '../request';

const Decisions = Type.Array(Decision);

/** Events: occurrences of triggers. */
export const events = (request: Request) => ({
  /**
   * For tokens of sensors and executions. 403 FORBIDDEN for a user's token, 404, 409 CONFLICT
   * while the trigger is disabled.
   */
  create: verb('POST /events', (call, body: CreateEvent) => request.one(Event, call({ body }))),

  /** 404 NOT_FOUND. */
  get: verb(['GET /events/{id}', 'get_event'], (call, id: number) => request.one(Event, call({ id }))),

  /** Every match on every page, newest first. Summaries: no payload. */
  list: verb(['GET /events', 'list_events'], (call, filter: EventFilter) =>
    request.all(EventSummary, call({ query: { ...filter } })),
  ),

  /** One page, newest first. */
  page: verb('GET /events', (call, filter: EventFilter, window: PageWindow) =>
    request.body(page(EventSummary), call({ query: { ...filter, ...window } })),
  ),

  /**
   * The decision of every evaluated rule, by rule id. 404 on a platform without
   * `events.causation`.
   */
  decisions: verb('GET /events/{id}/decisions', (call, id: number) => request.one(Decisions, call({ id }))),
});
