import type { WebhookSecurity } from '../../../contract/webhook-security';
import { defaultsFaults, settingsFaults } from '../../../platform/core/webhook/check-settings';
import { keptHeaders } from '../../../platform/webhooks/settings';

const signature = (more: object): Partial<WebhookSecurity> => ({
  signature: { scheme: 'hmac', secret: 's', header: 'X-Sig', ...more },
});
const hmac = { enabled: true, secret: 's', algorithm: 'sha256' } as const;
const github = { scheme: 'github', secret: 's' } as const;

const WRONG: readonly (readonly [string, object])[] = [
  ['bodies', { bodies: 'raw' }],
  ['hmac/header', { hmac: { ...hmac, header: 'X-Sig' } }],
  ['rate_limit/burst', { rate_limit: { enabled: true, requests: 1, window_seconds: 1, burst: 1 } }],
  ['hmac', { hmac, signature: github }],
  ['replay_window_seconds', { replay_window_seconds: 60, signature: github }],
  ['replay_window_seconds', { replay_window_seconds: 60 }],
  ['headers', { headers: ['x-a'] }],
  ['headers/1', { body: 'raw', headers: ['x-a', 'Authorization'] }],
  ['headers/0', { body: 'raw', headers: ['x-hub-signature-256'] }],
  ['headers/0', { body: 'raw', headers: ['Cookie'] }],
  ['headers/0', { body: 'raw', headers: ['x-gitlab-token'] }],
  ['headers/0', { body: 'raw', headers: ['X-Sig'], ...signature({}) }],
  ['headers/0', { body: 'raw', headers: ['no name'] }],
  ['dedupe_header', { dedupe_header: 'X Delivery' }],
  ['dedupe_header', { dedupe_header: 'X-Delivery:' }],
  ['dedupe_header', { dedupe_header: 'Content-Type' }],
  ['dedupe_header', { dedupe_header: 'Authorization' }],
  ['dedupe_header', { dedupe_header: 'X-Gitlab-Token', signature: { scheme: 'gitlab', secret: 's' } }],
  ['dedupe_header', { dedupe_header: 'Webhook-Timestamp', signature: { scheme: 'standard', secret: 'whsec_c2Vj' } }],
  ['signature/header', { signature: { scheme: 'hmac', secret: 's' } }],
  ['signature/header', { signature: { scheme: 'token', secret: 's', header: 'Host' } }],
  ['signature/header', { signature: { ...github, header: 'X-Sig' } }],
  ['signature/tolerance_seconds', { signature: { ...github, tolerance_seconds: 60 } }],
  ['signature/encoding', { signature: { scheme: 'token', header: 'x', secret: 's', encoding: 'hex' } }],
  ['signature/key', { signature: { ...github, key: 's' } }],
  ['signature/header', signature({ header: 'x y' })],
  ['signature/timestamp_header', signature({ timestamp_header: 'x:y' })],
  ['signature/timestamp_header', signature({ timestamp_header: 'Date' })],
  ['signature/timestamp_header', signature({ timestamp_header: 'x-sig' })],
  ['signature/tolerance_seconds', signature({ tolerance_seconds: 60 })],
  ['signature/signed', signature({ signed: '{timestamp}.{body}' })],
  ['signature/signed', signature({ signed: 'body' })],
  ['signature/signed', signature({ signed: '{body}{body}' })],
  ['signature/signed', signature({ signed: '{body}', timestamp_header: 'x-at' })],
  ['signature/signed', signature({ signed: '{body}{id}' })],
  ['signature/secret', { signature: { scheme: 'standard', secret: 'no Base64!' } }],
];

test.each(WRONG)('settings are rejected at %s: %j', (path, settings) => {
  const faults = settingsFaults(settings);

  expect(faults.map((fault) => fault.path)).toEqual([path]);
});

test.each<object>([
  {},
  { body: 'envelope', signature: github },
  { body: 'raw', headers: ['X-GitHub-Event', 'X-Event-Key'], signature: github },
  signature({ timestamp_header: 'X-At', tolerance_seconds: 5, signed: 'v0:{timestamp}:{body}' }),
  { signature: { scheme: 'token', header: 'Authorization', prefix: 'Bearer ', secret: 's' } },
  { hmac, replay_window_seconds: 60, dedupe_header: 'X-Id' },
  { dedupe_header: 'Webhook-Id', signature: { scheme: 'standard', secret: 'whsec_c2Vj' } },
  { dedupe_header: 'X-Sig', ...signature({ timestamp_header: 'X-At' }) },
])('settings without a mistake are accepted: %j', (settings) => {
  expect(settingsFaults(settings)).toEqual([]);
});

test('the file of a pack says the scheme, and never a secret', () => {
  expect(defaultsFaults({ body: 'raw', signature: { scheme: 'stripe', tolerance_seconds: 60 } })).toEqual([]);
  expect(defaultsFaults({ signature: github }).map(({ path }) => path)).toEqual(['signature/secret']);
});

test('an event has the headers that are named, and no secret one', () => {
  const names = ['X-Event', 'authorization', 'x-sig', 'x-missing', 7];
  const config = { headers: names, signature: { scheme: 'token', header: 'X-Sig', secret: 's' } };
  const headers = { 'x-event': 'push', 'x-other': 'no', authorization: 'Bearer s', 'x-sig': 's' };

  expect(keptHeaders(config, headers)).toEqual({ 'x-event': 'push' });
});
