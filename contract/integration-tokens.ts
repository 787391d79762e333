import { Type, type Static } from '@sinclair/typebox';
import { Id, NullableId, NullableText, NullableTimestamp, Timestamp, Name } from './json';

/**
 * A long-lived token of an identity. The response to its creation is the only one with the secret.
 */
export const IntegrationToken = Type.Object({
  id: Id,
  identity_id: Id,
  label: Type.String(),
  description: NullableText,
  token_prefix: Type.String(),
  token_suffix: Type.String(),
  created_by: NullableId,
  expires_at: NullableTimestamp,
  last_used_at: NullableTimestamp,
  last_used_ip: NullableText,
  revoked_at: NullableTimestamp,
  revoked_by: NullableId,
  revocation_reason: NullableText,
  active: Type.Boolean({ description: 'not revoked and not expired' }),
  created: Timestamp,
  updated: Timestamp,
});
export type IntegrationToken = Static<typeof IntegrationToken>;

const LongText = Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 2_000 }));

export const CreateIntegrationToken = Type.Object({
  label: Name,
  description: LongText,
  expires_at: Type.Optional(NullableTimestamp),
});
export type CreateIntegrationToken = Static<typeof CreateIntegrationToken>;

export const RevokeIntegrationToken = Type.Object({ reason: LongText });
export type RevokeIntegrationToken = Static<typeof RevokeIntegrationToken>;

export const NewIntegrationToken = Type.Object({ token: Type.String(), integration_token: IntegrationToken });
export type NewIntegrationToken = Static<typeof NewIntegrationToken>;
