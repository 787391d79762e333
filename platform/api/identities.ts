import { Type } from '@sinclair/typebox';
import { one, page } from '../../contract/envelopes';
import { Id } from '../../contract/json';
import {
  CreateIdentity,
  CreateRole,
  IdentityDetail,
  IdentityRole,
  IdentitySummary,
  PermissionAssignment,
  UpdateIdentity,
} from '../../contract/permissions';
import { Refusal } from '../refusal';
import type { Transaction } from '../store/database';
import {
  addIdentity,
  addRole,
  assignmentsOf,
  changeIdentity,
  identityDetail,
  knownIdentity,
  listIdentities,
  removeIdentity,
  removeRole,
} from '../store/identity-admin';
import { requireAnAdmin } from '../store/permission-sets';
import type { Api, ApiContext, Caller } from './context';
import { requireImpersonable } from './delegation';
import { notFound } from './errors';
import { insufficient, requireGrant, someRight } from './grants';
import { PageQuery, envelope, pageOf } from './paging';
import { requireToGiveRole } from './platform-rights';
import { identityTarget } from './targets';

const PATH = '/api/v1/identities';
const tags = ['identities'];
const params = Type.Object({ id: Id });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

/** `{"data": {"success": true, "message": …}}`. */
export const Done = one(Type.Object({ success: Type.Literal(true), message: Type.String() }));
export const done = (message: string) => ({ data: { success: true as const, message } });

export function identitiesRoutes(api: Api, context: ApiContext): void {
  readRoutes(api, context);
  writeRoutes(api, context);
  freezeRoutes(api, context);
  roleRoutes(api, context);
}

function readRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    PATH,
    {
      config: { grant: 'identities:read' },
      schema: { tags, querystring: PageQuery, response: { 200: page(IdentitySummary) } },
    },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const mayRead = await someRight(transaction, caller, 'identities', 'read');
        const wanted = pageOf(query, PAGES);
        const { rows, total } = await listIdentities(transaction, wanted);
        return envelope(
          wanted,
          rows.filter((row) => mayRead(identityTarget(row))),
          total,
        );
      }),
  );

  api.get(
    `${PATH}/:id`,
    { config: { grant: 'identities:read' }, schema: { tags, params, response: { 200: one(IdentityDetail) } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const mayRead = await someRight(transaction, caller, 'identities', 'read');
        const data = await existing(transaction, id);
        if (!mayRead(identityTarget(data))) throw insufficient('identities', 'read');
        return { data };
      }),
  );

  api.get(
    `${PATH}/:id/permissions`,
    {
      config: { grant: 'permissions:read' },
      schema: { tags, params, response: { 200: Type.Array(PermissionAssignment) } },
    },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await requireGrant(transaction, caller, 'permissions', 'read');
        await existing(transaction, id);
        return assignmentsOf(transaction, id);
      }),
  );
}

/** FORBIDDEN without any such grant, NOT_FOUND, FORBIDDEN without one for this identity. */
export async function requireRight(
  transaction: Transaction,
  caller: Caller,
  action: 'read' | 'update' | 'delete',
  id: number,
): Promise<void> {
  const may = await someRight(transaction, caller, 'identities', action);
  const row = await knownIdentity(transaction, id);
  if (!row) throw notFound(`Identity ${id}`);
  if (!may(identityTarget(row))) throw insufficient('identities', action);
}

async function existing(transaction: Transaction, id: number): Promise<IdentityDetail> {
  const identity = await identityDetail(transaction, id);
  if (!identity) throw notFound(`Identity ${id}`);
  return identity;
}

function writeRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    PATH,
    {
      config: { grant: 'identities:create', takesNul: true },
      schema: { tags, body: CreateIdentity, response: { 201: one(IdentityDetail) } },
    },
    async ({ caller, body }, reply) => {
      const data = await db.inTenant(caller.tenant, async (transaction) => {
        await requireGrant(transaction, caller, 'identities', 'create', { ref: body.login });
        return addIdentity(transaction, body);
      });
      return reply.code(201).send({ data });
    },
  );

  api.put(
    `${PATH}/:id`,
    {
      config: { grant: 'identities:update', takesNul: true },
      schema: { tags, params, body: UpdateIdentity, response: { 200: one(IdentityDetail) } },
    },
    ({ caller, params: { id }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => ({ data: await change(transaction, caller, id, body) })),
  );

  api.delete(
    `${PATH}/:id`,
    { config: { grant: 'identities:delete', bodiless: true }, schema: { tags, params, response: { 200: Done } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await requireRight(transaction, caller, 'delete', id);
        if (id === caller.identity) throw new Refusal('BAD_REQUEST', 'An identity cannot delete itself');
        if (!(await removeIdentity(transaction, id))) throw notFound(`Identity ${id}`);
        await requireAnAdmin(transaction);
        return done(`Identity ${id} deleted`);
      }),
  );
}

async function change(
  transaction: Transaction,
  caller: Caller,
  id: number,
  wanted: UpdateIdentity,
): Promise<IdentityDetail> {
  await requireRight(transaction, caller, 'update', id);
  if (wanted.password !== undefined) await requireImpersonable(transaction, caller, id);
  if (wanted.frozen && id === caller.identity) throw new Refusal('BAD_REQUEST', 'An identity cannot freeze itself');
  const changed = await changeIdentity(transaction, id, wanted);
  if (!changed) throw notFound(`Identity ${id}`);
  if (wanted.frozen) await requireAnAdmin(transaction);
  return changed;
}

function freezeRoutes(api: Api, { db }: ApiContext): void {
  for (const frozen of [true, false]) {
    const verb = frozen ? 'freeze' : 'unfreeze';
    api.post(
      `${PATH}/:id/${verb}`,
      { config: { grant: 'identities:update', bodiless: true }, schema: { tags, params, response: { 200: Done } } },
      ({ caller, params: { id } }) =>
        db.inTenant(caller.tenant, async (transaction) => {
          await change(transaction, caller, id, { frozen });
          return done(`Identity ${id}: ${verb}`);
        }),
    );
  }
}

function roleRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    `${PATH}/:id/roles`,
    {
      config: { grant: 'permissions:manage' },
      schema: { tags, params, body: CreateRole, response: { 201: one(IdentityRole) } },
    },
    async ({ caller, params: { id }, body: { role } }, reply) => {
      const data = await db.inTenant(caller.tenant, async (transaction) => {
        await requireGrant(transaction, caller, 'permissions', 'manage');
        await existing(transaction, id);
        await requireToGiveRole(transaction, caller, role);
        return addRole(transaction, id, role);
      });
      return reply.code(201).send({ data });
    },
  );

  api.delete(
    `${PATH}/roles/:id`,
    { config: { grant: 'permissions:manage', bodiless: true }, schema: { tags, params, response: { 200: Done } } },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await requireGrant(transaction, caller, 'permissions', 'manage');
        if (!(await removeRole(transaction, id))) throw notFound(`Role assignment ${id}`);
        await requireAnAdmin(transaction);
        return done(`Role assignment ${id} deleted`);
      }),
  );
}
