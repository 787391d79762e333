import { Type } from '@sinclair/typebox';
import { one } from '../../contract/envelopes';
import {
  CreateIntegrationToken,
  IntegrationToken,
  NewIntegrationToken,
  RevokeIntegrationToken,
} from '../../contract/integration-tokens';
import { Id } from '../../contract/json';
import { Refusal } from '../refusal';
import { clockReads, type Transaction } from '../store/database';
import {
  createIntegrationToken,
  integrationTokensOf,
  removeIntegrationToken,
  revokeIntegrationToken,
} from '../store/integration-tokens';
import type { Api, ApiContext, Caller } from './context';
import { requireImpersonable } from './delegation';
import { notFound } from './errors';
import { Done, done, requireRight } from './identities';

const PATH = '/api/v1/identities/:id/integration-tokens';
const tags = ['identities'];
const params = Type.Object({ id: Id });
const tokenParams = Type.Object({ id: Id, token: Id });

const missing = (id: number) => notFound(`Integration token ${id}`);

/** Long-lived secrets of an identity. */
export function integrationTokensRoutes(api: Api, context: ApiContext): void {
  listRoute(api, context);
  makeRoute(api, context);
  endRoutes(api, context);
}

function listRoute(api: Api, { db }: ApiContext): void {
  api.get(
    PATH,
    {
      config: { grant: 'identities:read' },
      schema: { tags, params, response: { 200: one(Type.Array(IntegrationToken)) } },
    },
    ({ caller, params: { id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await requireRight(transaction, caller, 'read', id);
        return { data: await integrationTokensOf(transaction, id) };
      }),
  );
}

function makeRoute(api: Api, { db }: ApiContext): void {
  api.post(
    PATH,
    {
      config: { grant: 'identities:update' },
      schema: { tags, params, body: CreateIntegrationToken, response: { 201: one(NewIntegrationToken) } },
    },
    async ({ caller, params: { id }, body }, reply) => {
      const data = await db.inTenant(caller.tenant, (transaction) => make(transaction, caller, id, body));
      return reply.code(201).send({ data });
    },
  );
}

async function make(
  transaction: Transaction,
  caller: Caller,
  id: number,
  body: CreateIntegrationToken,
): Promise<NewIntegrationToken> {
  await requireRight(transaction, caller, 'update', id);
  await requireImpersonable(transaction, caller, id);
  const { expires_at: end } = body;
  if (typeof end === 'string' && Number.isNaN(Date.parse(end))) {
    throw new Refusal('VALIDATION_ERROR', 'expires_at must be a moment, as RFC 3339 writes it', { path: 'expires_at' });
  }
  if (typeof end === 'string' && Date.parse(end) <= Date.parse(await clockReads(transaction))) {
    throw new Refusal('BAD_REQUEST', 'expires_at must lie ahead', { path: 'expires_at' });
  }
  const { secret, token } = await createIntegrationToken(transaction, id, caller.identity, body);
  return { token: secret, integration_token: token };
}

function endRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    `${PATH}/:token/revoke`,
    {
      config: { grant: 'identities:update' },
      schema: { tags, params: tokenParams, body: RevokeIntegrationToken, response: { 200: one(IntegrationToken) } },
    },
    ({ caller, params: { id: identity, token: id }, body: { reason = null } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await requireRight(transaction, caller, 'update', identity);
        const data = await revokeIntegrationToken(transaction, { id, identity }, caller.identity, reason);
        if (!data) throw missing(id);
        return { data };
      }),
  );

  api.delete(
    `${PATH}/:token`,
    {
      config: { bodiless: true, grant: 'identities:update' },
      schema: { tags, params: tokenParams, response: { 200: Done } },
    },
    ({ caller, params: { id: identity, token: id } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        await requireRight(transaction, caller, 'update', identity);
        if (!(await removeIntegrationToken(transaction, identity, id))) throw missing(id);
        return done(`Integration token ${id} deleted`);
      }),
  );
}
