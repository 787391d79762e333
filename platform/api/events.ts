import { Type } from '@sinclair/typebox';
import { one, page } from '../../contract/envelopes';
import { Decision, Event, EventFilter, EventSummary } from '../../contract/events';
import { Id } from '../../contract/json';
import { decisionsOf, getEvent, listEvents } from '../store/events';
import type { Transaction } from '../store/database';
import type { Api, ApiContext } from './context';
import { notFound } from './errors';
import { PageQuery, envelope, pageOf, windowOf } from './paging';
import { postEventRoute } from './post-event';

const PATH = '/api/v1/events';
const tags = ['events'];
const params = Type.Object({ id: Id });
/** No cap: clients ask for 1000 and get them. */
const PAGES = { sizeName: 'per_page', default: 50, cap: null } as const;

/** Read by everybody of the tenant. */
export function eventsRoutes(api: Api, context: ApiContext): void {
  const { db } = context;
  postEventRoute(api, context);
  const querystring = Type.Object({ ...PageQuery.properties, ...EventFilter.properties });

  api.get(
    PATH,
    { config: { grant: null }, schema: { tags, querystring, response: { 200: page(EventSummary) } } },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const wanted = pageOf(query, PAGES);
        const { rows, total } = await listEvents(transaction, query, windowOf(wanted));
        return envelope(wanted, rows, total);
      }),
  );

  api.get(
    `${PATH}/:id`,
    { config: { grant: null }, schema: { tags, params, response: { 200: one(Event) } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({ data: await existing(transaction, id) })),
  );

  api.get(
    `${PATH}/:id/decisions`,
    { config: { grant: null }, schema: { tags, params, response: { 200: one(Type.Array(Decision)) } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await existing(transaction, id);
        return { data: await decisionsOf(transaction, id) };
      }),
  );
}

async function existing(transaction: Transaction, id: number): Promise<Event> {
  const event = await getEvent(transaction, id);
  if (!event) throw notFound(`Event ${id}`);
  return event;
}
