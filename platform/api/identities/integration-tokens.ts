import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import {
  CreateIntegrationToken,
  IntegrationToken,
  NewIntegrationToken,
  RevokeIntegrationToken,
} from '../../../contract/integration-tokens';
import { Id } from '../../../contract/json';
import { requireImpersonable } from '../../auth/delegation';
import { DomainError, notFound } from '../../base/domain-error';
import { readClock, type Transaction } from '../../store/database/connection';
import {
  createIntegrationToken,
  listIntegrationTokens,
  removeIntegrationToken,
  revokeIntegrationToken,
} from '../../store/identities/integration-tokens';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { route } from '../http/route';
import { requireInstantField } from '../records/instants';
import { onIdentity } from './identities';

const PATH = '/api/v1/identities/:id/integration-tokens';
const tags = ['identities'];
const params = Type.Object({ id: Id });
const tokenParams = Type.Object({ id: Id, token: Id });

const tokenNotFound = (id: number) => notFound(`Integration token ${id}`);

/** Long-lived secrets of an identity. */
export function integrationTokensRoutes(api: Api): void {
  tokenRoutes(api);
  revocationRoutes(api);
}

function tokenRoutes(api: Api): void {
  route(api, {
    ...onIdentity,
    method: 'GET',
    path: PATH,
    grant: 'identities:read',
    schema: { tags, params, response: { 200: dataEnvelope(Type.Array(IntegrationToken)) } },
    handle: async ({ transaction, params: { id } }) => ({ data: await listIntegrationTokens(transaction, id) }),
  });

  route(api, {
    ...onIdentity,
    method: 'POST',
    path: PATH,
    grant: 'identities:update',
    schema: { tags, params, body: CreateIntegrationToken, response: { 201: dataEnvelope(NewIntegrationToken) } },
    check: ({ transaction, caller, params: { id } }) => requireImpersonable(transaction, caller, id),
    handle: async ({ transaction, caller, params: { id }, body }) => {
      await validateExpiry(transaction, body);
      const { secret, token } = await createIntegrationToken(transaction, id, caller.identity, body);
      return { data: { token: secret, integration_token: token } };
    },
  });
}

/** VALIDATION_ERROR for what is no instant, BAD_REQUEST for one in the past. */
async function validateExpiry(
  transaction: Transaction,
  { expires_at: expiresAt }: CreateIntegrationToken,
): Promise<void> {
  if (typeof expiresAt !== 'string') return;
  const path = 'expires_at';
  requireInstantField(path, expiresAt);
  if (Date.parse(expiresAt) > Date.parse(await readClock(transaction))) return;
  throw new DomainError('BAD_REQUEST', 'expires_at must lie ahead', { path });
}

function revocationRoutes(api: Api): void {
  route(api, {
    ...onIdentity,
    method: 'POST',
    path: `${PATH}/:token/revoke`,
    grant: 'identities:update',
    schema: {
      tags,
      params: tokenParams,
      body: RevokeIntegrationToken,
      response: { 200: dataEnvelope(IntegrationToken) },
    },
    handle: async ({ transaction, caller, params: { id: identity, token: id }, body: { reason = null } }) => {
      const data = await revokeIntegrationToken(transaction, { id, identity }, caller.identity, reason);
      if (!data) throw tokenNotFound(id);
      return { data };
    },
  });

  deleteRoute(api, {
    ...onIdentity,
    path: `${PATH}/:token`,
    grant: 'identities:update',
    ignoresBody: true,
    inDataEnvelope: true,
    tags,
    params: tokenParams,
    remove: async ({ transaction, params: { id: identity, token: id } }) => {
      if (!(await removeIntegrationToken(transaction, identity, id))) throw tokenNotFound(id);
    },
    name: ({ params: { token: id } }) => `Integration token ${id}`,
  });
}
