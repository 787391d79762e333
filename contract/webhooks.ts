import { Type, type Static } from '@sinclair/typebox';
import { oneOf } from './json';

export const SIGNATURE_ALGORITHMS = ['sha256', 'sha512', 'sha1'] as const;

/** What a webhook asks of its callers. An absent part asks nothing. */
export const WebhookSecurity = Type.Object({
  payload_size_limit_kb: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_048 })),
  ip_whitelist: Type.Optional(
    Type.Object({
      enabled: Type.Boolean(),
      ips: Type.Array(Type.String({ minLength: 1 }), { description: 'addresses, or ranges like 10.0.0.0/8' }),
    }),
  ),
  rate_limit: Type.Optional(
    Type.Object({
      enabled: Type.Boolean(),
      requests: Type.Integer({ minimum: 1 }),
      window_seconds: Type.Number({ minimum: 0.05 }),
    }),
  ),
  hmac: Type.Optional(
    Type.Object({
      enabled: Type.Boolean(),
      secret: Type.String({ minLength: 1 }),
      algorithm: oneOf(SIGNATURE_ALGORITHMS),
    }),
  ),
  replay_window_seconds: Type.Optional(
    Type.Number({ minimum: 1, description: 'X-Webhook-Timestamp is signed too, and may be this old' }),
  ),
  dedupe_header: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: 'a header whose value names the delivery' }),
  ),
});
export type WebhookSecurity = Static<typeof WebhookSecurity>;
