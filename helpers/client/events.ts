import { Type } from '@sinclair/typebox';
import { Decision, Event, EventSummary, type CreateEvent, type EventFilter } from '../../contract/events';
import { verb } from './operation';
import type { Request } from './request';

const Decisions = Type.Array(Decision);

/** Events: what happened. */
export const events = (request: Request) => ({
  /** For tokens of sensors and executions. 403 FORBIDDEN for a person's, 404, 409 CONFLICT while the trigger is disabled. */
  create: verb('POST /events', (call) => (body: CreateEvent) => request.one(Event, call({ body }))),

  /** 404 NOT_FOUND. */
  get: verb('GET /events/{id}', (call) => (id: number) => request.one(Event, call({ id })), 'get_event'),

  /** Every match on every page, newest first. Summaries: no payload. */
  list: verb(
    'GET /events',
    (call) => (filter: EventFilter) => request.all(EventSummary, call({ query: { ...filter } })),
    'list_events',
  ),

  /** What every rule that was asked made of it, in order of their ids. 404 where the platform does not explain. */
  decisions: verb('GET /events/{id}/decisions', (call) => (id: number) => request.one(Decisions, call({ id }))),
});
