import { Type } from '@sinclair/typebox';
import { Deleted, one } from '../../contract/envelopes';
import { CreateRuntime, Runtime, UpdateRuntime } from '../../contract/runtimes';
import type { Transaction } from '../store/database';
import { createRuntime, removeRuntime, updateRuntime } from '../store/runtime-admin';
import { findRuntime, runtimeOf, type RuntimeRow } from '../store/runtimes';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { existingPack, refuseShared } from './pack-access';
import { componentTarget } from './targets';

const PATH = '/api/v1/runtimes';
const tags = ['runtimes'];
const params = Type.Object({ ref: Type.String() });

/** Making, changing and removing runtimes. */
export function runtimeAdminRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    PATH,
    { config: { grant: 'runtimes:create' }, schema: { tags, body: CreateRuntime, response: { 201: one(Runtime) } } },
    async ({ caller, body }, reply) => {
      const row = await db.inTenant(caller.tenant, (transaction) => create(transaction, caller, body));
      return reply.code(201).send({ data: runtimeOf(row) });
    },
  );

  api.put(
    `${PATH}/:ref`,
    {
      config: { grant: 'runtimes:update' },
      schema: { tags, params, body: UpdateRuntime, response: { 200: one(Runtime) } },
    },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await changeable(transaction, caller, ref, 'update');
        return { data: runtimeOf(await updateRuntime(transaction, id, body)) };
      }),
  );

  api.delete(
    `${PATH}/:ref`,
    { config: { grant: 'runtimes:delete' }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await changeable(transaction, caller, ref, 'delete');
        await removeRuntime(transaction, id);
        return { success: true as const, message: `Runtime '${ref}' deleted` };
      }),
  );
}

/** NOT_FOUND, then FORBIDDEN: without the grant, or where it is a runtime that we ship. */
async function changeable(
  transaction: Transaction,
  caller: Caller,
  ref: string,
  action: 'update' | 'delete',
): Promise<RuntimeRow> {
  const row = await findRuntime(transaction, { ref });
  if (!row) throw notFound(`Runtime '${ref}'`);
  await requireGrant(transaction, caller, 'runtimes', action, componentTarget(row));
  refuseShared(row);
  return row;
}

/** 422, CONFLICT, NOT_FOUND (pack), FORBIDDEN, in this order. */
async function create(transaction: Transaction, caller: Caller, body: CreateRuntime): Promise<RuntimeRow> {
  if (await findRuntime(transaction, { ref: body.ref })) {
    throw new Refusal('CONFLICT', `Runtime '${body.ref}' already exists`);
  }
  const pack = typeof body.pack_ref === 'string' ? await existingPack(transaction, body.pack_ref) : null;
  await requireGrant(transaction, caller, 'runtimes', 'create', componentTarget(body));
  if (pack) refuseShared(pack);
  return createRuntime(transaction, body, pack);
}
