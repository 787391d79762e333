import type {
  SignatureAlgorithm,
  SignatureEncoding,
  SignatureScheme,
  WebhookSignature,
} from '../../../contract/webhook-signatures';

/** Default age of a signed timestamp, as Slack, Stripe and Standard Webhooks have it, s. */
const TOLERANCE_SECONDS = 300;

/** A header that holds the secret itself. */
export interface TokenForm {
  readonly kind: 'token';
  readonly header: string;
  readonly prefix: string;
}

/** A keyed digest of the body. Names of headers are in lower case. */
export interface DigestForm {
  readonly kind: 'digest';
  readonly header: string;
  /** One signature; `t=…,v1=…,v1=…`; or several signatures between blanks. */
  readonly layout: 'single' | 'pairs' | 'words';
  /** Of each signature. */
  readonly prefix: string;
  readonly algorithm: SignatureAlgorithm;
  readonly encoding: SignatureEncoding;
  /** With `{body}`, `{timestamp}` and `{id}`. */
  readonly signed: string;
  readonly timestampHeader: string | null;
  readonly idHeader: string | null;
  /** Null: no timestamp is signed. */
  readonly toleranceSeconds: number | null;
  /** `base64`: the key of the digest is what follows `whsec_`. */
  readonly secret: 'text' | 'base64';
}

type FormSettings = Omit<WebhookSignature, 'secret'>;

const digest = (form: Partial<DigestForm> & Pick<DigestForm, 'header'>): DigestForm => ({
  kind: 'digest',
  header: form.header,
  layout: form.layout ?? 'single',
  prefix: form.prefix ?? '',
  algorithm: form.algorithm ?? 'sha256',
  encoding: form.encoding ?? 'hex',
  signed: form.signed ?? '{body}',
  timestampHeader: form.timestampHeader ?? null,
  idHeader: form.idHeader ?? null,
  toleranceSeconds: form.toleranceSeconds ?? null,
  secret: form.secret ?? 'text',
});

const toleranceOf = ({ tolerance_seconds: seconds = TOLERANCE_SECONDS }: FormSettings): number => seconds;

function describedDigest(settings: FormSettings): DigestForm {
  const { header = '', prefix = '', encoding = 'hex', algorithm = 'sha256', timestamp_header: stamp } = settings;
  const isStamped = stamp !== undefined;
  return digest({
    header: header.toLowerCase(),
    prefix,
    encoding,
    algorithm,
    signed: settings.signed ?? (isStamped ? '{timestamp}.{body}' : '{body}'),
    timestampHeader: isStamped ? stamp.toLowerCase() : null,
    toleranceSeconds: isStamped ? toleranceOf(settings) : null,
  });
}

const tokenIn = (header: string, prefix = ''): TokenForm => ({ kind: 'token', header: header.toLowerCase(), prefix });

type FormOf = (settings: FormSettings) => DigestForm | TokenForm;

const FORMS: Readonly<Record<SignatureScheme, FormOf>> = {
  github: () => digest({ header: 'x-hub-signature-256', prefix: 'sha256=' }),
  gitlab: () => tokenIn('x-gitlab-token'),
  hmac: describedDigest,
  shopify: () => digest({ header: 'x-shopify-hmac-sha256', encoding: 'base64' }),
  slack: (settings) =>
    digest({
      header: 'x-slack-signature',
      prefix: 'v0=',
      signed: 'v0:{timestamp}:{body}',
      timestampHeader: 'x-slack-request-timestamp',
      toleranceSeconds: toleranceOf(settings),
    }),
  standard: (settings) =>
    digest({
      header: 'webhook-signature',
      layout: 'words',
      prefix: 'v1,',
      encoding: 'base64',
      signed: '{id}.{timestamp}.{body}',
      timestampHeader: 'webhook-timestamp',
      idHeader: 'webhook-id',
      toleranceSeconds: toleranceOf(settings),
      secret: 'base64',
    }),
  stripe: (settings) =>
    digest({
      header: 'stripe-signature',
      layout: 'pairs',
      signed: '{timestamp}.{body}',
      toleranceSeconds: toleranceOf(settings),
    }),
  token: ({ header = '', prefix }) => tokenIn(header, prefix),
};

export const signatureForm = (settings: FormSettings): DigestForm | TokenForm => FORMS[settings.scheme](settings);

const TIMED = ['tolerance_seconds'] as const;
const DESCRIBED = ['header', 'prefix', 'encoding', 'algorithm', 'timestamp_header', 'signed', ...TIMED] as const;

/** The fields that a scheme has besides `scheme` and `secret`. */
export const SCHEME_FIELDS: Readonly<Record<SignatureScheme, readonly string[]>> = {
  github: [],
  gitlab: [],
  hmac: DESCRIBED,
  shopify: [],
  slack: TIMED,
  standard: TIMED,
  stripe: TIMED,
  token: ['header', 'prefix'],
};

const SECRET_PREFIX = /^whsec_/;

/** The key of a Standard Webhooks secret, as Base64; null where it is none. */
export function base64Key(secret: string): string | null {
  const key = secret.replace(SECRET_PREFIX, '');
  return /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key) ? key : null;
}
