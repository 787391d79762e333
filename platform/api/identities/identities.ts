import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Id } from '../../../contract/json';
import {
  CreateIdentity,
  CreateRole,
  IdentityDetail,
  IdentityRole,
  IdentitySummary,
  PermissionAssignment,
  UpdateIdentity,
} from '../../../contract/permissions';
import { identityTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import { requireAssignableAttributes, requireImpersonable } from '../../auth/delegation';
import { requireAssignableRole } from '../../auth/platform-admin';
import { DomainError, notFound, requireFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import {
  addIdentityRole,
  findIdentitySummary,
  getIdentityDetail,
  insertIdentity,
  listIdentities,
  listPermissionAssignments,
  removeIdentity,
  removeIdentityRole,
  updateIdentity,
} from '../../store/identities/identity-admin';
import { identityAttributes } from '../../store/identities/identities';
import { requireRemainingAdmin } from '../../store/identities/permission-sets';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { SuccessMessage, successMessage } from '../http/success-message';

const PATH = '/api/v1/identities';
const tags = ['identities'];
const params = Type.Object({ id: Id });

export function identitiesRoutes(api: Api): void {
  readRoutes(api);
  changeRoutes(api);
  freezeRoutes(api);
  roleRoutes(api);
}

interface IdentityCall {
  readonly transaction: Transaction;
  readonly params: { readonly id: number };
}

/**
 * Requirements of a route on one identity: FORBIDDEN without any such grant, NOT_FOUND, FORBIDDEN
 * without one for it.
 */
export const onIdentity = {
  anyGrantFirst: true,
  load: async ({ transaction, params: { id } }: IdentityCall) =>
    requireFound(await findIdentitySummary(transaction, id), `Identity ${id}`),
  target: ({ loaded }: { readonly loaded: { readonly id: number; readonly login: string } }) => identityTarget(loaded),
};

const loadIdentity = async ({ transaction, params: { id } }: IdentityCall): Promise<IdentityDetail> =>
  requireFound(await getIdentityDetail(transaction, id), `Identity ${id}`);

function readRoutes(api: Api): void {
  listRoute(api, {
    path: PATH,
    tags,
    grant: 'identities:read',
    item: IdentitySummary,
    pages: DEFAULT_PAGES,
    list: ({ transaction, page }) => listIdentities(transaction, page),
    rowTarget: identityTarget,
  });

  route(api, {
    ...onIdentity,
    method: 'GET',
    path: `${PATH}/:id`,
    grant: 'identities:read',
    schema: { tags, params, response: { 200: dataEnvelope(IdentityDetail) } },
    load: loadIdentity,
    handle: ({ loaded }) => ({ data: loaded }),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/:id/permissions`,
    grant: 'permissions:read',
    grantFirst: true,
    schema: { tags, params, response: { 200: Type.Array(PermissionAssignment) } },
    load: loadIdentity,
    handle: ({ transaction, loaded }) => listPermissionAssignments(transaction, loaded.id),
  });
}

function changeRoutes(api: Api): void {
  const response = dataEnvelope(IdentityDetail);

  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'identities:create',
    allowsNul: true,
    schema: { tags, body: CreateIdentity, response: { 201: response } },
    target: ({ body }) => ({ ref: body.login }),
    check: ({ transaction, caller, body }) =>
      requireAssignableAttributes(transaction, caller, { before: {}, after: body.attributes ?? {} }),
    handle: async ({ transaction, body }) => ({ data: await insertIdentity(transaction, body) }),
  });

  route(api, {
    ...onIdentity,
    method: 'PUT',
    path: `${PATH}/:id`,
    grant: 'identities:update',
    allowsNul: true,
    schema: { tags, params, body: UpdateIdentity, response: { 200: response } },
    handle: async ({ transaction, caller, params: { id }, body }) => ({
      data: await changeIdentity(transaction, caller, id, body),
    }),
  });

  deleteRoute(api, {
    ...onIdentity,
    path: `${PATH}/:id`,
    grant: 'identities:delete',
    ignoresBody: true,
    inDataEnvelope: true,
    tags,
    params,
    remove: async ({ transaction, caller, params: { id } }) => {
      if (id === caller.identity) throw new DomainError('BAD_REQUEST', 'An identity cannot delete itself');
      if (!(await removeIdentity(transaction, id))) throw notFound(`Identity ${id}`);
      await requireRemainingAdmin(transaction);
    },
    name: ({ params: { id } }) => `Identity ${id}`,
  });
}

async function changeIdentity(
  transaction: Transaction,
  caller: Caller,
  id: number,
  changes: UpdateIdentity,
): Promise<IdentityDetail> {
  if (changes.password !== undefined) await requireImpersonable(transaction, caller, id);
  if (changes.attributes !== undefined) {
    const before = await identityAttributes(transaction, id, 'for update');
    await requireAssignableAttributes(transaction, caller, { before, after: changes.attributes ?? {} });
  }
  if (changes.frozen && id === caller.identity)
    throw new DomainError('BAD_REQUEST', 'An identity cannot freeze itself');
  const changed = requireFound(await updateIdentity(transaction, id, changes), `Identity ${id}`);
  if (changes.frozen) await requireRemainingAdmin(transaction);
  return changed;
}

function freezeRoutes(api: Api): void {
  for (const frozen of [true, false]) {
    const verb = frozen ? 'freeze' : 'unfreeze';
    route(api, {
      ...onIdentity,
      method: 'POST',
      path: `${PATH}/:id/${verb}`,
      grant: 'identities:update',
      ignoresBody: true,
      schema: { tags, params, response: { 200: SuccessMessage } },
      handle: async ({ transaction, caller, params: { id } }) => {
        await changeIdentity(transaction, caller, id, { frozen });
        return successMessage(`Identity ${id}: ${verb}`);
      },
    });
  }
}

function roleRoutes(api: Api): void {
  route(api, {
    method: 'POST',
    path: `${PATH}/:id/roles`,
    grant: 'permissions:manage',
    grantFirst: true,
    schema: { tags, params, body: CreateRole, response: { 201: dataEnvelope(IdentityRole) } },
    load: loadIdentity,
    check: ({ transaction, caller, body }) => requireAssignableRole(transaction, caller, body.role),
    handle: async ({ transaction, body, loaded }) => ({
      data: await addIdentityRole(transaction, loaded.id, body.role),
    }),
  });

  deleteRoute(api, {
    path: `${PATH}/roles/:id`,
    grant: 'permissions:manage',
    ignoresBody: true,
    inDataEnvelope: true,
    tags,
    params,
    remove: async ({ transaction, params: { id } }) => {
      if (!(await removeIdentityRole(transaction, id))) throw notFound(`Role assignment ${id}`);
      await requireRemainingAdmin(transaction);
    },
    name: ({ params: { id } }) => `Role assignment ${id}`,
  });
}
