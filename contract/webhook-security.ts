import { Type, type Static } from '@sinclair/typebox';
import { PositiveInteger, stringEnum } from './json';
import { SIGNATURE_ALGORITHMS, SignatureForm, WebhookSignature } from './webhook-signatures';

/** `envelope`: `{"payload": …}`. `raw`: the document or the form is the payload. */
const WEBHOOK_BODIES = ['envelope', 'raw'] as const;

/** Of a rate limit and of a replay window: a day. */
const MAX_WINDOW_SECONDS = 86_400;

const reading = {
  body: Type.Optional(stringEnum(WEBHOOK_BODIES)),
  headers: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
      maxItems: 32,
      description: 'HTTP headers of a raw body that rules read as event.headers',
    }),
  ),
};

/** What the file of a trigger in a pack says about its webhook. */
export const WebhookDefaults = Type.Object({ ...reading, signature: Type.Optional(SignatureForm) });

/** What a webhook takes, and requirements on its requests. An absent part requires nothing. */
export const WebhookSecurity = Type.Object({
  ...reading,
  signature: Type.Optional(WebhookSignature),
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
      requests: PositiveInteger,
      window_seconds: Type.Number({ minimum: 0.05, maximum: MAX_WINDOW_SECONDS }),
    }),
  ),
  hmac: Type.Optional(
    Type.Object({
      enabled: Type.Boolean(),
      secret: Type.String({ minLength: 1 }),
      algorithm: stringEnum(SIGNATURE_ALGORITHMS),
    }),
  ),
  replay_window_seconds: Type.Optional(
    Type.Number({
      minimum: 1,
      maximum: MAX_WINDOW_SECONDS,
      description: 'maximum age of X-Webhook-Timestamp, which is signed too',
    }),
  ),
  dedupe_header: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: 'a header whose value identifies the delivery' }),
  ),
});
export type WebhookSecurity = Static<typeof WebhookSecurity>;
