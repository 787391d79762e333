import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Id } from '../../../contract/json';
import {
  CreateAssignment,
  CreateRole,
  PermissionAssignment,
  PermissionSet,
  PermissionSetRole,
  UpdatePermissionSet,
} from '../../../contract/permissions';
import { componentTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import { requireGrantable } from '../../auth/delegation';
import { rejectShared } from '../../auth/pack-access';
import { requireAssignableSet } from '../../auth/platform-admin';
import { DomainError, notFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { parseGrants as parseStoredGrants } from '../../store/identities/grants';
import { findIdentityByLogin } from '../../store/identities/identities';
import { getIdentityDetail } from '../../store/identities/identity-admin';
import {
  assignPermissionSet,
  updatePermissionSet,
  findPermissionSet,
  addPermissionSetToRole,
  listPermissionSets,
  requireRemainingAdmin,
  removeAssignment,
  type PermissionSetKey,
} from '../../store/identities/permission-sets';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { route } from '../http/route';
import { parseGrants } from './parse-grants';

const PATH = '/api/v1/permissions';
const tags = ['permissions'];
const params = Type.Object({ id: Id });

export function permissionsRoutes(api: Api): void {
  setRoutes(api);
  setRoleRoutes(api);
  assignmentRoutes(api);
}

function setRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: `${PATH}/sets`,
    grant: 'permissions:read',
    anyGrantFirst: true,
    // The sets that no grant covers are left out.
    isExempt: () => true,
    schema: {
      tags,
      querystring: Type.Object({ pack_ref: Type.Optional(Type.String()) }),
      response: { 200: Type.Array(PermissionSet) },
    },
    handle: async ({ transaction, rights, query }) => {
      const sets = await listPermissionSets(transaction, query.pack_ref);
      const { allows } = await rights();
      return sets.filter((set) => allows('permissions', 'read', componentTarget(set)));
    },
  });

  route(api, {
    method: 'PUT',
    path: `${PATH}/sets/:id`,
    grant: 'permissions:manage',
    anyGrantFirst: true,
    schema: { tags, params, body: UpdatePermissionSet, response: { 200: dataEnvelope(PermissionSet) } },
    load: async ({ transaction, params: { id }, body }) => {
      const grants = parseGrants(body.grants);
      return { grants, set: await loadPermissionSet(transaction, { id }) };
    },
    target: ({ loaded }) => componentTarget(loaded.set),
    check: async ({ transaction, caller, loaded: { set, grants } }) => {
      rejectShared(set);
      await requireGrantable(transaction, caller, { ref: set.ref, grants: parseStoredGrants(grants) });
    },
    handle: async ({ transaction, params: { id }, body, loaded: { grants } }) => {
      await updatePermissionSet(transaction, id, { ...body, grants });
      await requireRemainingAdmin(transaction);
      const sets = await listPermissionSets(transaction);
      return { data: sets.find((known) => known.id === id)! };
    },
  });
}

async function loadPermissionSet(
  transaction: Transaction,
  selector: { readonly id: number } | { readonly ref: string },
): Promise<PermissionSetKey> {
  const set = await findPermissionSet(transaction, selector);
  if (!set) throw notFound('id' in selector ? `Permission set ${selector.id}` : `Permission set '${selector.ref}'`);
  return set;
}

function setRoleRoutes(api: Api): void {
  route(api, {
    method: 'POST',
    path: `${PATH}/sets/:id/roles`,
    grant: 'permissions:manage',
    grantFirst: true,
    schema: { tags, params, body: CreateRole, response: { 201: dataEnvelope(PermissionSetRole) } },
    load: ({ transaction, params: { id } }) => loadPermissionSet(transaction, { id }),
    check: ({ transaction, caller, loaded }) => requireAssignableSet(transaction, caller, loaded.ref),
    handle: async ({ transaction, body, loaded }) => ({
      data: await addPermissionSetToRole(transaction, loaded, body.role),
    }),
  });

  removalRoute(api, 'sets/roles', 'permission_set_role');
}

function assignmentRoutes(api: Api): void {
  route(api, {
    method: 'POST',
    path: `${PATH}/assignments`,
    grant: 'permissions:manage',
    grantFirst: true,
    schema: { tags, body: CreateAssignment, response: { 201: dataEnvelope(PermissionAssignment) } },
    load: async ({ transaction, caller, body }) => ({
      identity: await resolveAssignee(transaction, caller, body),
      set: await loadPermissionSet(transaction, { ref: body.permission_set_ref }),
    }),
    check: ({ transaction, caller, loaded }) => requireAssignableSet(transaction, caller, loaded.set.ref),
    handle: async ({ transaction, loaded: { identity, set } }) => ({
      data: await assignPermissionSet(transaction, identity, set),
    }),
  });

  removalRoute(api, 'assignments', 'permission_assignment');
}

/** Registers the removal of a permission set from a role, or from an identity. */
function removalRoute(api: Api, path: string, table: 'permission_set_role' | 'permission_assignment'): void {
  deleteRoute(api, {
    path: `${PATH}/${path}/:id`,
    grant: 'permissions:manage',
    ignoresBody: true,
    inDataEnvelope: true,
    tags,
    params,
    remove: async ({ transaction, params: { id } }) => {
      if (!(await removeAssignment(transaction, table, id))) throw notFound(`Assignment ${id}`);
      await requireRemainingAdmin(transaction);
    },
    name: ({ params: { id } }) => `Assignment ${id}`,
  });
}

/**
 * The identity that the body names by id or by login. BAD_REQUEST for neither or both, NOT_FOUND
 * outside of this tenant.
 */
async function resolveAssignee(
  transaction: Transaction,
  caller: Caller,
  { identity_id: id, identity_login: login }: CreateAssignment,
): Promise<number> {
  const names = [id, login].filter((name) => name !== undefined && name !== null);
  if (names.length !== 1) {
    throw new DomainError('BAD_REQUEST', 'give exactly one of identity_id and identity_login', { path: 'identity_id' });
  }
  if (typeof login === 'string') {
    const found = await findIdentityByLogin(transaction, login);
    if (found?.tenant === caller.tenant) return found.id;
  } else if (typeof id === 'number' && (await getIdentityDetail(transaction, id))) return id;
  throw notFound(`Identity ${String(names[0])}`);
}
