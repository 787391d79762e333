import { Type, type Static } from '@sinclair/typebox';
import { stringEnum } from './json';

/** How a sender proves that it has the secret; fields describe `hmac` and `token`. */
export const SIGNATURE_SCHEMES = [
  'github',
  'gitlab',
  'hmac',
  'shopify',
  'slack',
  'standard',
  'stripe',
  'token',
] as const;
export type SignatureScheme = (typeof SIGNATURE_SCHEMES)[number];

export const SIGNATURE_ALGORITHMS = ['sha256', 'sha512', 'sha1'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

const SIGNATURE_ENCODINGS = ['hex', 'base64'] as const;
export type SignatureEncoding = (typeof SIGNATURE_ENCODINGS)[number];

const HeaderName = Type.String({ minLength: 1, maxLength: 128 });

const form = {
  scheme: stringEnum(SIGNATURE_SCHEMES),
  tolerance_seconds: Type.Optional(
    Type.Number({ minimum: 1, maximum: 86_400, description: 'how old a signed timestamp may be (300)' }),
  ),
  header: Type.Optional(HeaderName),
  prefix: Type.Optional(Type.String({ maxLength: 128, description: 'what precedes the signature, or the token' })),
  encoding: Type.Optional(stringEnum(SIGNATURE_ENCODINGS)),
  algorithm: Type.Optional(stringEnum(SIGNATURE_ALGORITHMS)),
  timestamp_header: Type.Optional(HeaderName),
  signed: Type.Optional(
    Type.String({
      maxLength: 256,
      description: 'what is signed, with {body} and {timestamp}, like v0:{timestamp}:{body}',
    }),
  ),
};

/** A signature as the file of a pack describes it: without its secret. */
export const SignatureForm = Type.Object(form);

export const WebhookSignature = Type.Object({
  ...form,
  secret: Type.String({ minLength: 1, maxLength: 4_096, description: 'sealed, and never shown' }),
});
export type WebhookSignature = Static<typeof WebhookSignature>;
