import { createHmac } from 'node:crypto';
import type { WebhookSecurity } from '../../../../contract/webhook-security';

type Headers = Readonly<Record<string, string>>;

/** How a sender proves that it has the secret of a webhook. */
export interface Sender {
  readonly settings: WebhookSecurity;
  /** Of a call with this secret; `at`: its timestamp, Unix seconds. */
  headers(secret: string, body: string, at: number): Headers;
  /** How old the timestamp may be, seconds; null: the call has none. */
  readonly tolerance: number | null;
}

const inBase64 = (text: string): string => Buffer.from(text).toString('base64');

export const SECRET = inBase64('secret of the suite');
/** Another one of the same form. */
export const OTHER_SECRET = inBase64('other of the suite..');

type Encoding = 'hex' | 'base64';

const digest = (secret: string | Buffer, text: string, encoding: Encoding = 'hex', algorithm = 'sha256'): string =>
  createHmac(algorithm, secret).update(text).digest(encoding);

/** Several signatures, of which one is right. */
const amongWrong = (right: string, wrong: string): string[] => [wrong, right, wrong];

const signed = (signature: WebhookSecurity['signature'], headers: Sender['headers'], tolerance?: number): Sender => ({
  settings: { body: 'raw', signature: signature! },
  headers,
  tolerance: tolerance ?? null,
});

const standardSigned = (secret: string, body: string, at: number): string =>
  `v1,${digest(Buffer.from(secret, 'base64'), `msg.${at}.${body}`, 'base64')}`;

const stripeHeaders: Sender['headers'] = (secret, body, at) => {
  const [right, wrong] = [digest(secret, `${at}.${body}`), digest(secret, body)];
  return { 'Stripe-Signature': [`t=${at}`, ...amongWrong(right, wrong).map((each) => `v1=${each}`)].join(',') };
};

const slackHeaders: Sender['headers'] = (secret, body, at) => ({
  'X-Slack-Signature': `v0=${digest(secret, `v0:${at}:${body}`)}`,
  'X-Slack-Request-Timestamp': String(at),
});

const standardHeaders: Sender['headers'] = (secret, body, at) => ({
  'webhook-signature': amongWrong(standardSigned(secret, body, at), standardSigned(secret, '', at)).join(' '),
  'webhook-id': 'msg',
  'webhook-timestamp': String(at),
});

/** Attune's own, with its switch. */
const attune = (algorithm: 'sha256' | 'sha512', window?: number): Sender => ({
  settings: {
    body: 'raw',
    hmac: { enabled: true, secret: SECRET, algorithm },
    ...(window !== undefined && { replay_window_seconds: window }),
  },
  headers: (secret, body, at) => ({
    'X-Webhook-Signature': `${algorithm}=${digest(secret, window === undefined ? body : `${at}.${body}`, 'hex', algorithm)}`,
    ...(window !== undefined && { 'X-Webhook-Timestamp': String(at) }),
  }),
  tolerance: window ?? null,
});

/** Every scheme, and the values of its fields. */
export const SENDERS: Readonly<Record<string, Sender>> = {
  github: signed({ scheme: 'github', secret: SECRET }, (secret, body) => ({
    'X-Hub-Signature-256': `sha256=${digest(secret, body)}`,
  })),
  stripe: signed({ scheme: 'stripe', secret: SECRET }, stripeHeaders, 300),
  'stripe with a tolerance': signed({ scheme: 'stripe', secret: SECRET, tolerance_seconds: 10 }, stripeHeaders, 10),
  slack: signed({ scheme: 'slack', secret: SECRET }, slackHeaders, 300),
  'slack with a tolerance': signed({ scheme: 'slack', secret: SECRET, tolerance_seconds: 15 }, slackHeaders, 15),
  shopify: signed({ scheme: 'shopify', secret: SECRET }, (secret, body) => ({
    'X-Shopify-Hmac-Sha256': digest(secret, body, 'base64'),
  })),
  standard: signed({ scheme: 'standard', secret: `whsec_${SECRET}` }, standardHeaders, 300),
  'standard with a tolerance': signed(
    { scheme: 'standard', secret: `whsec_${SECRET}`, tolerance_seconds: 25 },
    standardHeaders,
    25,
  ),
  gitlab: signed({ scheme: 'gitlab', secret: SECRET }, (secret) => ({ 'X-Gitlab-Token': secret })),
  token: signed({ scheme: 'token', secret: SECRET, header: 'X-Key' }, (secret) => ({ 'X-Key': secret })),
  'token after a prefix': signed(
    { scheme: 'token', secret: SECRET, header: 'Authorization', prefix: 'Bearer ' },
    (secret) => ({ Authorization: `Bearer ${secret}` }),
  ),
  hmac: signed({ scheme: 'hmac', secret: SECRET, header: 'X-Sign' }, (secret, body) => ({
    'X-Sign': digest(secret, body),
  })),
  'hmac of all fields': signed(
    {
      ...({ scheme: 'hmac', secret: SECRET, header: 'X-Sign', prefix: 'v=', tolerance_seconds: 20 } as const),
      ...({ encoding: 'base64', algorithm: 'sha512', timestamp_header: 'X-At' } as const),
      signed: '<{body}> at {timestamp}',
    },
    (secret, body, at) => ({
      'X-Sign': `v=${digest(secret, `<${body}> at ${at}`, 'base64', 'sha512')}`,
      'X-At': String(at),
    }),
    20,
  ),
  'hmac with a timestamp': signed(
    { scheme: 'hmac', secret: SECRET, header: 'X-Sign', encoding: 'hex', algorithm: 'sha1', timestamp_header: 'X-At' },
    (secret, body, at) => ({ 'X-Sign': digest(secret, `${at}.${body}`, 'hex', 'sha1'), 'X-At': String(at) }),
    300,
  ),
  attune: attune('sha512'),
  'attune with a window': attune('sha256', 30),
};
