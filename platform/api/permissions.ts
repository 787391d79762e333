import { Type } from '@sinclair/typebox';
import { one } from '../../contract/envelopes';
import { Id } from '../../contract/json';
import {
  CreateAssignment,
  CreateRole,
  PermissionAssignment,
  PermissionSet,
  PermissionSetRole,
  UpdatePermissionSet,
} from '../../contract/permissions';
import { Refusal } from '../refusal';
import type { Transaction } from '../store/database';
import { findByLogin } from '../store/identities';
import { identityDetail } from '../store/identity-admin';
import {
  assign,
  changePermissionSet,
  findPermissionSet,
  giveSetToRole,
  listPermissionSets,
  requireAnAdmin,
  takeBack,
  type KnownSet,
} from '../store/permission-sets';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { insufficient, requireGrant, someRight } from './grants';
import { readGrants } from './grant-editor';
import { Done, done } from './identities';
import { refuseShared } from './pack-access';
import { componentTarget } from './targets';
import { requireToHandOn } from './platform-rights';

const PATH = '/api/v1/permissions';
const tags = ['permissions'];
const params = Type.Object({ id: Id });

export function permissionsRoutes(api: Api, context: ApiContext): void {
  setRoutes(api, context);
  setRoleRoutes(api, context);
  assignmentRoutes(api, context);
}

function setRoutes(api: Api, { db }: ApiContext): void {
  const querystring = Type.Object({ pack_ref: Type.Optional(Type.String()) });

  api.get(
    `${PATH}/sets`,
    {
      config: { grant: 'permissions:read' },
      schema: { tags, querystring, response: { 200: Type.Array(PermissionSet) } },
    },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const mayRead = await someRight(transaction, caller, 'permissions', 'read');
        return (await listPermissionSets(transaction, query.pack_ref)).filter((set) => mayRead(componentTarget(set)));
      }),
  );

  api.put(
    `${PATH}/sets/:id`,
    {
      config: { grant: 'permissions:manage' },
      schema: { tags, params, body: UpdatePermissionSet, response: { 200: one(PermissionSet) } },
    },
    ({ caller, params: { id }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const mayManage = await someRight(transaction, caller, 'permissions', 'manage');
        const grants = readGrants(body.grants);
        const set = await existing(transaction, { id });
        if (!mayManage(componentTarget(set))) throw insufficient('permissions', 'manage');
        refuseShared(set);
        await changePermissionSet(transaction, id, { ...body, grants });
        await requireAnAdmin(transaction);
        const sets = await listPermissionSets(transaction);
        return { data: sets.find((known) => known.id === id)! };
      }),
  );
}

async function existing(
  transaction: Transaction,
  by: { readonly id: number } | { readonly ref: string },
): Promise<KnownSet> {
  const set = await findPermissionSet(transaction, by);
  if (!set) throw notFound('id' in by ? `Permission set ${by.id}` : `Permission set '${by.ref}'`);
  return set;
}

function setRoleRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    `${PATH}/sets/:id/roles`,
    {
      config: { grant: 'permissions:manage' },
      schema: { tags, params, body: CreateRole, response: { 201: one(PermissionSetRole) } },
    },
    async ({ caller, params: { id }, body: { role } }, reply) => {
      const data = await db.inTenant(caller.tenant, async (transaction) => {
        await requireGrant(transaction, caller, 'permissions', 'manage');
        const set = await existing(transaction, { id });
        await requireToHandOn(transaction, caller, set.ref);
        return giveSetToRole(transaction, set, role);
      });
      return reply.code(201).send({ data });
    },
  );

  api.delete(
    `${PATH}/sets/roles/:id`,
    { config: { grant: 'permissions:manage', bodiless: true }, schema: { tags, params, response: { 200: Done } } },
    ({ caller, params: { id } }) => db.inTenant(caller.tenant, remove(caller, 'permission_set_role', id)),
  );
}

const remove =
  (caller: Caller, table: 'permission_set_role' | 'permission_assignment', id: number) =>
  async (transaction: Transaction) => {
    await requireGrant(transaction, caller, 'permissions', 'manage');
    if (!(await takeBack(transaction, table, id))) throw notFound(`Assignment ${id}`);
    await requireAnAdmin(transaction);
    return done(`Assignment ${id} deleted`);
  };

function assignmentRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    `${PATH}/assignments`,
    {
      config: { grant: 'permissions:manage' },
      schema: { tags, body: CreateAssignment, response: { 201: one(PermissionAssignment) } },
    },
    async ({ caller, body }, reply) => {
      const data = await db.inTenant(caller.tenant, async (transaction) => {
        await requireGrant(transaction, caller, 'permissions', 'manage');
        const identity = await assignee(transaction, caller, body);
        const set = await existing(transaction, { ref: body.permission_set_ref });
        await requireToHandOn(transaction, caller, set.ref);
        return assign(transaction, identity, set);
      });
      return reply.code(201).send({ data });
    },
  );

  api.delete(
    `${PATH}/assignments/:id`,
    { config: { grant: 'permissions:manage', bodiless: true }, schema: { tags, params, response: { 200: Done } } },
    ({ caller, params: { id } }) => db.inTenant(caller.tenant, remove(caller, 'permission_assignment', id)),
  );
}

/** The one that is named, by id or by log-in. BAD_REQUEST for neither or both, NOT_FOUND for none of this tenant. */
async function assignee(
  transaction: Transaction,
  caller: Caller,
  { identity_id: id, identity_login: login }: CreateAssignment,
): Promise<number> {
  const names = [id, login].filter((name) => name !== undefined && name !== null);
  if (names.length !== 1) {
    throw new Refusal('BAD_REQUEST', 'give exactly one of identity_id and identity_login', { path: 'identity_id' });
  }
  if (typeof login === 'string') {
    const found = await findByLogin(transaction, login);
    if (found?.tenant === caller.tenant) return found.id;
  } else if (typeof id === 'number' && (await identityDetail(transaction, id))) return id;
  throw notFound(`Identity ${String(names[0])}`);
}
