import { Type } from '@sinclair/typebox';
import { Decision, Event, EventSummary, type CreateEvent, type EventFilter } from '../../contract/events';
import type { Request } from './request';

const Decisions = Type.Array(Decision);

/** Events: what happened. */
export const events = (request: Request) => ({
  /** For tokens of sensors and executions. 403 FORBIDDEN for a person's, 404, 409 CONFLICT while the trigger is disabled. */
  create: (body: CreateEvent) => request.one(Event, { method: 'POST', path: '/events', body }),

  /** 404 NOT_FOUND. */
  get: (id: number) => request.one(Event, { method: 'GET', path: `/events/${id}` }),

  /** Every match on every page, newest first. Summaries: no payload. */
  list: (filter: EventFilter) => request.all(EventSummary, { method: 'GET', path: '/events', query: { ...filter } }),

  /** What every rule that was asked made of it, in order of their ids. 404 where the platform does not explain. */
  decisions: (id: number) => request.one(Decisions, { method: 'GET', path: `/events/${id}/decisions` }),
});
