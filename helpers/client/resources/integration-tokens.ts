import { Type } from '@sinclair/typebox';
import {
  IntegrationToken,
  NewIntegrationToken,
  type CreateIntegrationToken,
  type RevokeIntegrationToken,
} from '../../../contract/integration-tokens';
import { verb } from '../operation';
import type { Request } from '../request';

const Done = Type.Object({ success: Type.Literal(true), message: Type.String() });

/**
 * Integration tokens: long-lived secrets of an identity. 403 FORBIDDEN without the right to it;
 * 404 NOT_FOUND.
 */
export const integrationTokens = (request: Request) => ({
  /** Newest first. */
  list: verb('GET /identities/{id}/integration-tokens', (call, id: number) =>
    request.one(Type.Array(IntegrationToken), call({ id })),
  ),

  /** The secret is in this response only. 400 BAD_REQUEST for an expiry in the past. */
  create: verb('POST /identities/{id}/integration-tokens', (call, id: number, body: CreateIntegrationToken) =>
    request.one(NewIntegrationToken, call({ id, body })),
  ),

  /** Revokes its refresh tokens, too. */
  revoke: verb(
    'POST /identities/{id}/integration-tokens/{token}/revoke',
    (call, id: number, token: number, body: RevokeIntegrationToken = {}) =>
      request.one(IntegrationToken, call({ id, token, body })),
  ),

  remove: verb('DELETE /identities/{id}/integration-tokens/{token}', (call, id: number, token: number) =>
    request.one(Done, call({ id, token })),
  ),
});
