import { Type } from '@sinclair/typebox';
import { Deleted, one, page } from '../../contract/envelopes';
import { CreateTrigger, Trigger, TriggerSummary, UpdateTrigger } from '../../contract/triggers';
import type { Transaction } from '../store/database';
import {
  createTrigger,
  findTrigger,
  listTriggers,
  removeTrigger,
  triggerOf,
  updateTrigger,
  type TriggerFilter,
  type TriggerRow,
} from '../store/triggers';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { refuseForbiddenNames } from './declared-names';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { existingPack, refuseShared } from './pack-access';
import { PageQuery, envelope, pageOf } from './paging';
import { componentTarget } from './targets';

const PATH = '/api/v1/triggers';
const tags = ['triggers'];
const params = Type.Object({ ref: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

export function triggersRoutes(api: Api, context: ApiContext): void {
  listRoutes(api, context);
  writeRoutes(api, context);
  switchRoutes(api, context);
}

function listRoutes(api: Api, { db }: ApiContext): void {
  const list = { tags, response: { 200: page(TriggerSummary) } };
  const paged = async (transaction: Transaction, filter: TriggerFilter, query: PageQuery) => {
    const wanted = pageOf(query, PAGES);
    const { rows, total } = await listTriggers(transaction, filter, wanted);
    return envelope(wanted, rows, total);
  };

  api.get(PATH, { config: { grant: null }, schema: { ...list, querystring: PageQuery } }, ({ caller, query }) =>
    db.inTenant(caller.tenant, (transaction) => paged(transaction, {}, query)),
  );

  api.get(
    `${PATH}/enabled`,
    { config: { grant: null }, schema: { ...list, querystring: PageQuery } },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, (transaction) => paged(transaction, { enabledOnly: true }, query)),
  );

  api.get(
    '/api/v1/packs/:ref/triggers',
    { config: { grant: null }, schema: { ...list, params, querystring: PageQuery } },
    ({ caller, params: { ref }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id: pack } = await existingPack(transaction, ref);
        return paged(transaction, { pack }, query);
      }),
  );
}

function writeRoutes(api: Api, { db }: ApiContext): void {
  const answer = { tags, params, response: { 200: one(Trigger) } };

  api.post(
    PATH,
    { config: { grant: 'triggers:create' }, schema: { tags, body: CreateTrigger, response: { 201: one(Trigger) } } },
    async ({ caller, body }, reply) => {
      const row = await db.inTenant(caller.tenant, (transaction) => create(transaction, caller, body));
      return reply.code(201).send({ data: triggerOf(row) });
    },
  );

  api.get(`${PATH}/:ref`, { config: { grant: null }, schema: answer }, ({ caller, params: { ref } }) =>
    db.inTenant(caller.tenant, async (transaction) => ({ data: triggerOf(await existingTrigger(transaction, ref)) })),
  );

  api.put(
    `${PATH}/:ref`,
    { config: { grant: 'triggers:update' }, schema: { ...answer, body: UpdateTrigger } },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await changeableTrigger(transaction, caller, ref, 'update');
        const { param_schema: paramSchema, out_schema: outSchema } = body;
        refuseForbiddenNames({
          param_schema: paramSchema?.op === 'set' ? paramSchema.value : null,
          out_schema: outSchema?.op === 'set' ? outSchema.value : null,
        });
        return { data: triggerOf(await updateTrigger(transaction, id, body)) };
      }),
  );

  api.delete(
    `${PATH}/:ref`,
    { config: { grant: 'triggers:delete' }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await changeableTrigger(transaction, caller, ref, 'delete');
        await removeTrigger(transaction, id);
        return { success: true as const, message: `Trigger '${ref}' deleted` };
      }),
  );
}

function switchRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags, params, response: { 200: one(Trigger) } };
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    api.post(
      `${PATH}/:ref/${verb}`,
      { config: { grant: 'triggers:update', bodiless: true }, schema },
      ({ caller, params: { ref } }) =>
        db.inTenant(caller.tenant, async (transaction) => {
          const { id } = await changeableTrigger(transaction, caller, ref, 'update');
          return { data: triggerOf(await updateTrigger(transaction, id, { enabled })) };
        }),
    );
  }
}

/** Throws NOT_FOUND. */
export async function existingTrigger(transaction: Transaction, ref: string): Promise<TriggerRow> {
  const row = await findTrigger(transaction, ref);
  if (!row) throw notFound(`Trigger '${ref}'`);
  return row;
}

/** NOT_FOUND, then FORBIDDEN: without the grant, or where it is a trigger that we ship. */
export async function changeableTrigger(
  transaction: Transaction,
  caller: Caller,
  ref: string,
  action: 'update' | 'delete',
): Promise<TriggerRow> {
  const row = await existingTrigger(transaction, ref);
  await requireGrant(transaction, caller, 'triggers', action, componentTarget(row));
  refuseShared(row);
  return row;
}

/** 422, CONFLICT, NOT_FOUND (pack), FORBIDDEN, in this order. */
async function create(transaction: Transaction, caller: Caller, body: CreateTrigger): Promise<TriggerRow> {
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  if (await findTrigger(transaction, body.ref)) {
    throw new Refusal('CONFLICT', `Trigger '${body.ref}' already exists`);
  }
  const pack = typeof body.pack_ref === 'string' ? await existingPack(transaction, body.pack_ref) : null;
  await requireGrant(transaction, caller, 'triggers', 'create', componentTarget(body));
  if (pack) refuseShared(pack);
  return createTrigger(transaction, body, pack);
}
