import { createHmac } from 'node:crypto';
import type { Json } from '../../../contract/json';
import { verifyScheme } from '../../../platform/webhooks/verify-scheme';

interface Example {
  readonly signature: { readonly [name: string]: Json; readonly secret: string };
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Unix seconds of the call. */
  readonly at: number;
}

const SLACK_BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
  '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
  '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
  '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const AT = 1_614_265_330;

/**
 * Published by GitHub, Slack and Standard Webhooks. Stripe and Shopify publish none: theirs were
 * computed with another program.
 */
const EXAMPLES: Readonly<Record<string, Example>> = {
  github: {
    signature: { scheme: 'github', secret: "It's a Secret to Everybody" },
    body: 'Hello, World!',
    headers: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
    at: AT,
  },
  slack: {
    signature: { scheme: 'slack', secret: '8f742231b10e8888abcd99yyyzzz85a5' },
    body: SLACK_BODY,
    headers: {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    at: 1_531_420_618,
  },
  standard: {
    signature: { scheme: 'standard', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    body: '{"test": 2432232314}',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': String(AT),
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    at: AT,
  },
  stripe: {
    signature: { scheme: 'stripe', secret: 'whsec_test' },
    body: '{"id":"evt_1"}',
    headers: {
      'stripe-signature': `t=${AT},v1=347e9afe3d74ec4c5cbefd270edc9246513ae3da7b375223e302560fbd4146eb`,
    },
    at: AT,
  },
  shopify: {
    signature: { scheme: 'shopify', secret: 'shop-secret' },
    body: '{"id":1}',
    headers: { 'x-shopify-hmac-sha256': 'plW8VGqq0nDMIEhDqaNNW99asdUCy7EIqLZVcQwtAZ0=' },
    at: AT,
  },
  gitlab: {
    signature: { scheme: 'gitlab', secret: 'a token of GitLab' },
    body: '{}',
    headers: { 'x-gitlab-token': 'a token of GitLab' },
    at: AT,
  },
  token: {
    signature: { scheme: 'token', header: 'Authorization', prefix: 'Bearer ', secret: 'of-alertmanager' },
    body: '{}',
    headers: { authorization: 'Bearer of-alertmanager' },
    at: AT,
  },
  hmac: {
    signature: {
      scheme: 'hmac',
      secret: 'key',
      header: 'X-Sig',
      prefix: 'sig:',
      encoding: 'base64',
      algorithm: 'sha512',
      timestamp_header: 'X-At',
      signed: '{body}~{timestamp}',
      tolerance_seconds: 10,
    },
    body: 'text',
    headers: {
      'x-sig': `sig:${createHmac('sha512', 'key').update(`text~${AT}`).digest('base64')}`,
      'x-at': String(AT),
    },
    at: AT,
  },
};

const verify = ({ signature, body, headers, at }: Example, more: Partial<Example> = {}) =>
  verifyScheme(
    { signature: more.signature ?? signature },
    more.headers ?? headers,
    Buffer.from(more.body ?? body),
    (more.at ?? at) * 1_000,
  );

const isAccepted = (result: ReturnType<typeof verify>): boolean =>
  result === 'verified' || (typeof result === 'object' && result !== null && 'replayKey' in result);

const SCHEMES = Object.entries(EXAMPLES);
const DIGESTS = SCHEMES.filter(([scheme]) => scheme !== 'gitlab' && scheme !== 'token');
const TIMED = SCHEMES.filter(([scheme]) => ['hmac', 'slack', 'standard', 'stripe'].includes(scheme));

/** The headers with each value changed. */
const changed = ({ headers }: Example, change: (value: string, name: string) => string) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value, name)]));

test.each(SCHEMES)('a call signed as %s signs is accepted', (_scheme, example) => {
  expect(isAccepted(verify(example))).toBe(true);
});

test.each(DIGESTS)('%s signs every byte of the body', (_scheme, example) => {
  const bodies = [`${example.body} `, example.body.slice(1), `${example.body}\n`, example.body.toUpperCase(), ''];
  const isSame = (body: string) => body === example.body;

  expect(bodies.filter((body) => !isSame(body) && isAccepted(verify(example, { body })))).toEqual([]);
});

test.each(SCHEMES)('%s rejects other headers and secrets', (_scheme, example) => {
  const { signature, headers } = example;
  const names = Object.keys(headers);
  const without = names.map((name) => Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)));
  const wrong: Partial<Example>[] = [
    { headers: {} },
    ...without.map((rest) => ({ headers: rest })),
    { headers: changed(example, (value) => `${value}, ${value}`) },
    { headers: changed(example, (value) => value.slice(0, -1)) },
    { headers: changed(example, (value) => ` ${value}`) },
    { headers: changed(example, () => '') },
    { signature: { ...signature, secret: 'c2VjcmV0' } },
    { signature: { ...signature, secret: '' } },
    { signature: { ...signature, scheme: 'unknown' } },
  ];

  expect(wrong.filter((more) => isAccepted(verify(example, more)))).toEqual([]);
});

test.each(DIGESTS)('%s takes one spelling of its signature', (_scheme, example) => {
  const spellings = [
    changed(example, (value) => value.toUpperCase()),
    changed(example, (value) => value.replace(/^(?:sha256=|v0=|v1,|sig:)/, '')),
    changed(example, (value) => value.replace(/^(?:sha256=|v0=|v1,|sig:)/, 'sha1=')),
    changed(example, (value) => value.replace(/=+$/, '')),
    changed(example, (value) => Buffer.from(value).toString('hex')),
    changed(example, (value) => value.replaceAll('+', '-').replaceAll('/', '_').replaceAll('v1=', 'v0=')),
  ].filter((headers) => JSON.stringify(headers) !== JSON.stringify(example.headers));

  expect(spellings.filter((headers) => isAccepted(verify(example, { headers })))).toEqual([]);
});

test.each(TIMED)('%s rejects an old call and one from the future', (_scheme, example) => {
  const tolerance = Number(example.signature.tolerance_seconds ?? 300);
  const at = (seconds: number) => verify(example, { at: example.at + seconds });

  expect([isAccepted(at(tolerance)), isAccepted(at(-60))]).toEqual([true, true]);
  expect([at(tolerance + 1), at(-61)]).toEqual([{ error: 'STAMP' }, { error: 'STAMP' }]);
});

describe('of several signatures', () => {
  const [t, right] = EXAMPLES.stripe!.headers['stripe-signature']!.split(',');
  const standard = EXAMPLES.standard!.headers['webhook-signature']!;
  const stripe = (value: string) => verify(EXAMPLES.stripe!, { headers: { 'stripe-signature': value } });

  test('one of Stripe must be right, of the current scheme', () => {
    const other = `v1=${'0'.repeat(64)}`;
    const accepted = [`${t},${other},${right}`, `${right},${t},${other}`, `${t},v0=1,${right}`];
    const rejected = [`${t},${other}`, `${t},${right!.replace('v1', 'v0')}`, `${t},${t},${right}`, `${right}`, 'x'];

    expect(accepted.map((value) => isAccepted(stripe(value)))).toEqual([true, true, true]);
    expect(rejected.filter((value) => isAccepted(stripe(value)))).toEqual([]);
  });

  test('they are one call, in any order', () => {
    expect(stripe(`${right},${t},v1=0`)).toEqual(stripe(`${t},${right}`));
  });

  test('one of Standard Webhooks must be right', () => {
    const headers = (value: string) => ({ ...EXAMPLES.standard!.headers, 'webhook-signature': value });

    expect(isAccepted(verify(EXAMPLES.standard!, { headers: headers(`v1a,x v1,0 ${standard}`) }))).toBe(true);
    expect(isAccepted(verify(EXAMPLES.standard!, { headers: headers('v1a,x v1,0') }))).toBe(false);
  });
});

test('settings without a signature require none, unreadable ones reject', () => {
  const call = (config: Json) => verifyScheme(config, {}, Buffer.from('{}'), 0);
  const rejecting: Json[] = ['github', { scheme: 'github' }, { secret: 'x' }, { scheme: 'github', secret: 1 }, []];

  expect([call(null), call({}), call({ signature: null })]).toEqual([null, null, null]);
  expect(rejecting.map((signature) => call({ signature }))).toEqual(rejecting.map(() => ({ error: 'SIGNATURE' })));
});
