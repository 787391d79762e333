import { Type } from '@sinclair/typebox';
import { Deleted, one, page } from '../../contract/envelopes';
import { Inquiry, InquiryFilter, InquirySummary, NewInquiry, Respond, UpdateInquiry } from '../../contract/inquiries';
import { Id } from '../../contract/json';
import { executionRow } from '../store/executions';
import { inquiryRow, listInquiries } from '../store/inquiries';
import { inquiryOf } from '../store/inquiry-rows';
import type { Transaction } from '../store/database';
import type { Api, ApiContext } from './context';
import { notFound } from './errors';
import { ask, change, remove, respond } from './inquiry-acts';
import { PageQuery, envelope, pageOf, type PageRules } from './paging';

const PATH = '/api/v1/inquiries';
const tags = ['inquiries'];
const params = Type.Object({ id: Id });

/** Reads are open to every authenticated caller. */
export function inquiriesRoutes(api: Api, context: ApiContext): void {
  listRoutes(api, context);
  oneRoutes(api, context);
  changeRoutes(api, context);
}

const MAIN: PageRules = { sizeName: 'limit', default: 50, cap: 500, echoesCap: true };
const SUBLIST: PageRules = { sizeName: 'page_size', default: 50, cap: 100 };

async function listed(transaction: Transaction, filter: InquiryFilter, query: PageQuery, rules: PageRules) {
  const wanted = pageOf(query, rules);
  const { rows, total } = await listInquiries(transaction, filter, wanted);
  return envelope(wanted, rows, total);
}

function listRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags, response: { 200: page(InquirySummary) } };

  api.get(
    PATH,
    {
      config: { grant: null },
      schema: { ...schema, querystring: Type.Object({ ...PageQuery.properties, ...InquiryFilter.properties }) },
    },
    ({ caller, query }) => db.inTenant(caller.tenant, (transaction) => listed(transaction, query, query, MAIN)),
  );

  api.get(
    `${PATH}/status/:status`,
    {
      config: { grant: null },
      schema: { ...schema, params: Type.Object({ status: Type.String() }), querystring: PageQuery },
    },
    ({ caller, params: { status }, query }) =>
      db.inTenant(caller.tenant, (transaction) => listed(transaction, { status }, query, SUBLIST)),
  );

  api.get(
    '/api/v1/executions/:id/inquiries',
    { config: { grant: null }, schema: { ...schema, params, querystring: PageQuery } },
    ({ caller, params: { id }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        if (!(await executionRow(transaction, id))) throw notFound(`Execution ${id}`);
        return listed(transaction, { execution: id }, query, SUBLIST);
      }),
  );
}

function oneRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    PATH,
    { config: { grant: 'inquiries:create' }, schema: { tags, body: NewInquiry, response: { 201: one(Inquiry) } } },
    async ({ caller, body }, reply) => {
      const row = await db.inTenant(caller.tenant, (transaction) => ask(transaction, caller, body));
      return reply.code(201).send({ data: inquiryOf(row) });
    },
  );

  api.get(
    `${PATH}/:id`,
    { config: { grant: null }, schema: { tags, params, response: { 200: one(Inquiry) } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const row = await inquiryRow(transaction, id);
        if (!row) throw notFound(`Inquiry ${id}`);
        return { data: inquiryOf(row) };
      }),
  );
}

function changeRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    `${PATH}/:id/respond`,
    { config: { grant: null }, schema: { tags, params, body: Respond, response: { 200: one(Inquiry) } } },
    async ({ caller, params: { id }, body: { response } }) => ({
      data: inquiryOf(await respond(db, caller, id, response)),
    }),
  );

  api.put(
    `${PATH}/:id`,
    {
      config: { grant: 'inquiries:update' },
      schema: { tags, params, body: UpdateInquiry, response: { 200: one(Inquiry) } },
    },
    ({ caller, params: { id }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: inquiryOf(await change(transaction, caller, id, body)),
      })),
  );

  api.delete(
    `${PATH}/:id`,
    { config: { grant: 'inquiries:delete', bodiless: true }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await remove(transaction, caller, id);
        return { success: true as const, message: `Inquiry ${id} deleted` };
      }),
  );
}
