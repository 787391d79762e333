import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Decision, Event, EventFilter, EventSummary } from '../../../contract/events';
import { Id } from '../../../contract/json';
import { requireFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { getEvent, listDecisions, listEvents } from '../../store/events/events';
import type { Api, ApiContext } from '../http/context';
import { listRoute } from '../http/list-route';
import { LONG_PAGES, lookaheadWindow } from '../http/paging';
import { route } from '../http/route';
import { createEventRoute } from './create-event';

const PATH = '/api/v1/events';
const tags = ['events'];
const params = Type.Object({ id: Id });

/** Every caller of the tenant may read events. */
export function eventsRoutes(api: Api, context: ApiContext): void {
  createEventRoute(api, context);

  listRoute(api, {
    path: PATH,
    tags,
    grant: null,
    filter: EventFilter,
    item: EventSummary,
    pages: LONG_PAGES,
    list: ({ transaction, query, page }) => listEvents(transaction, query, lookaheadWindow(page)),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/:id`,
    grant: null,
    schema: { tags, params, response: { 200: dataEnvelope(Event) } },
    load: ({ transaction, params: { id } }) => loadEvent(transaction, id),
    handle: ({ loaded }) => ({ data: loaded }),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/:id/decisions`,
    extension: 'events.causation',
    grant: null,
    schema: { tags, params, response: { 200: dataEnvelope(Type.Array(Decision)) } },
    load: ({ transaction, params: { id } }) => loadEvent(transaction, id),
    handle: async ({ transaction, loaded }) => ({ data: await listDecisions(transaction, loaded.id) }),
  });
}

const loadEvent = async (transaction: Transaction, id: number): Promise<Event> =>
  requireFound(await getEvent(transaction, id), `Event ${id}`);
