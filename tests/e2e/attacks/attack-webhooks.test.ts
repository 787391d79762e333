// Spec: a webhook accepts each valid call once; rejections do not disclose their cause.
import { createHmac } from 'node:crypto';
import { errorSummary, sendRawRequest, type RawResponse } from '../support/raw-request';
import type { Context } from '../../../helpers/scenario/context';
import { systemTest, systemTestNeeding } from '../support/system-test';
import { platformClock } from '../../../helpers/scenario/resources/platform-clock';
import { createEmptyPack } from '../support/empty-pack';
import { slowClient } from '../support/slow-client';
import { randomName } from '../../../helpers/scenario/names';
import { currentRunFacts } from '../../../helpers/target/run-facts';

const facts = currentRunFacts();

/** These tests send the headers of a proxy from this host. */
const systemTestBehindProxy = systemTestNeeding('proxies.loopback');

type WebhookSecurity = Parameters<Context['client']['triggers']['secureWebhook']>[1];

interface Webhook {
  /** Ref of its trigger. */
  readonly ref: string;
  readonly packRef: string;
  readonly key: string;
}

/** Creates a trigger with a webhook in a pack of its own. */
async function createWebhook(ctx: Context, security?: WebhookSecurity): Promise<Webhook> {
  const { ref: packRef, trigger: ref } = await createEmptyPack(ctx);
  const { webhook_key: key } = await ctx.client.triggers.enableWebhook(ref);
  if (security) await ctx.client.triggers.secureWebhook(ref, security);
  return { ref, packRef, key: key ?? '' };
}

async function addTwoRules({ client }: Context, { ref, packRef }: Webhook): Promise<void> {
  for (const name of ['one', 'two']) {
    const rule = { ref: `${packRef}.${name}`, pack_ref: packRef, label: name };
    await client.rules.create({ ...rule, trigger_ref: ref, action_ref: 'core.noop' });
  }
}

const BODY = '{ "payload" : {"n":1} }';
const post = (key: string, headers: Readonly<Record<string, string>> = {}, body: string = BODY): Promise<RawResponse> =>
  sendRawRequest(facts, {
    method: 'POST',
    path: `/api/v1/webhooks/${key}`,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
const eventCount = async ({ client }: Context, { ref }: Webhook): Promise<number> =>
  (await client.events.list({ trigger_ref: ref })).length;
const eventIdOf = ({ text }: RawResponse): number => (JSON.parse(text) as { data: { event_id: number } }).data.event_id;
const statuses = (responses: readonly RawResponse[]): number[] => responses.map(({ status }) => status);

const SECRET = 'shared-secret';
const sign = (text: string, secret = SECRET, algorithm = 'sha256'): string =>
  createHmac(algorithm, secret).update(text).digest('hex');
const hmacSecurity = (more: Partial<WebhookSecurity> = {}): WebhookSecurity => ({
  hmac: { enabled: true, secret: SECRET, algorithm: 'sha256' },
  ...more,
});
const INVALID_SIGNATURE = '401 {"error":"Invalid webhook signature","code":"UNAUTHORIZED"}';
/** Status and body of each response, without repetitions. */
const distinctResponses = (responses: readonly RawResponse[]): string[] => [
  ...new Set(responses.map(({ status, text }) => `${status} ${text}`)),
];

systemTest('WH-01 every invalid signature gets the same response and no event', async (ctx) => {
  const webhook = await createWebhook(ctx, hmacSecurity());
  const right = sign(BODY);
  const wrong: Readonly<Record<string, string>>[] = [
    {},
    { 'x-webhook-signature': '' },
    { 'x-webhook-signature': sign(BODY, 'other') },
    { 'x-webhook-signature': sign(BODY, SECRET, 'sha512') },
    { 'x-webhook-signature': `sha512=${right}` },
    { 'x-webhook-signature': right.slice(0, -2) },
    { 'x-webhook-signature': right.slice(0, -1) },
    { 'x-webhook-signature': `${right.slice(0, -1)}z` },
    { 'x-webhook-signature': sign('{"payload":{"n":1}}') },
    { 'x-webhook-signature': right, 'x-hub-signature-256': sign(BODY, 'other') },
  ];

  const responses = await Promise.all(wrong.map((headers) => post(webhook.key, headers)));

  expect([distinctResponses(responses), await eventCount(ctx, webhook)]).toEqual([[INVALID_SIGNATURE], 0]);
  expect((await post(webhook.key, { 'x-hub-signature-256': `sha256=${right}` })).status).toBe(200);
});

systemTest('WH-01 an empty HMAC secret is rejected', async (ctx) => {
  const webhook = await createWebhook(ctx, hmacSecurity());
  const empty = { hmac: { enabled: true, secret: '', algorithm: 'sha256' as const } };

  await expect(ctx.client.triggers.secureWebhook(webhook.ref, empty)).rejects.toMatchObject({ status: 422 });

  expect((await post(webhook.key, { 'x-webhook-signature': sign(BODY, '') })).status).toBe(401);
  expect(await eventCount(ctx, webhook)).toBe(0);
});

systemTest('WH-02 a replayed call is rejected, also with a new timestamp', async (ctx) => {
  const webhook = await createWebhook(ctx, hmacSecurity({ replay_window_seconds: 30 }));
  const timestamp = (offset: number): string => String(Math.floor(platformClock(ctx).now() / 1_000) + offset);
  const timestampHeaders = (stamp: string, signature = sign(`${stamp}.${BODY}`)) => ({
    'x-webhook-timestamp': stamp,
    'x-webhook-signature': signature,
  });
  const fresh = timestamp(0);

  const responses = [
    await post(webhook.key, timestampHeaders(timestamp(-40))),
    await post(webhook.key, timestampHeaders(timestamp(90))),
    await post(webhook.key, timestampHeaders(timestamp(1), sign(`${timestamp(-40)}.${BODY}`))),
    await post(webhook.key, { 'x-webhook-signature': sign(BODY) }),
  ];

  expect([distinctResponses(responses), await eventCount(ctx, webhook)]).toEqual([[INVALID_SIGNATURE], 0]);
  expect((await post(webhook.key, timestampHeaders(fresh))).status).toBe(200);
});

/** By deduplication header: the security settings of a webhook that uses it. */
const DEDUPLICATION = { 'Idempotency-Key': {}, 'X-Delivery': { dedupe_header: 'X-Delivery' } };

systemTest('WH-03 of fifty copies with one deduplication key, one creates an event', async (ctx) => {
  for (const [header, security] of Object.entries(DEDUPLICATION)) {
    const webhook = await createWebhook(ctx, security);
    await addTwoRules(ctx, webhook);

    const copies = Array.from({ length: 50 }, () => post(webhook.key, { [header]: 'delivery-1' }));
    const responses = await Promise.all(copies);

    expect(distinctResponses(responses).map((response) => response.slice(0, 4))).toEqual(['200 ']);
    expect([header, await eventCount(ctx, webhook)]).toEqual([header, 1]);
    expect(await ctx.client.enforcements.list({ event: eventIdOf(responses[0]!) })).toHaveLength(2);
  }
});

systemTest('WH-03 a repeated call gets the first response; another body is rejected', async (ctx) => {
  const webhook = await createWebhook(ctx);
  const first = await post(webhook.key, { 'idempotency-key': 'a' });

  const [repeated, otherBody, otherKey] = [
    await post(webhook.key, { 'idempotency-key': 'a' }),
    await post(webhook.key, { 'idempotency-key': 'a' }, '{"payload":2}'),
    await post(webhook.key, { 'idempotency-key': 'b' }, '{"payload":2}'),
  ];

  expect(repeated.text).toBe(first.text);
  expect(errorSummary(otherBody).slice(0, 2)).toEqual([409, 'CONFLICT']);
  expect([otherKey.status, await eventCount(ctx, webhook)]).toEqual([200, 2]);
});

const SOCKETS = 200;
const HEADERS_LIMIT_MS = 10_000;
const BODY_LIMIT_MS = 30_000;
/** The server checks connections periodically: the maximum delay of a disconnection. */
const CHECK_DELAY_MS = 5_000;

systemTest('WH-04 slow clients are disconnected after 10 s/30 s and delay no other', 60, async (ctx) => {
  const webhook = await createWebhook(ctx);
  const head = `POST /api/v1/webhooks/${webhook.key} HTTP/1.1\r\nHost: x\r\n`;
  const slowClients = Array.from({ length: SOCKETS }, (_, n) =>
    slowClient(facts.url, n % 2 === 0 ? `${head}X-Slow: ` : `${head}Content-Length: 1000\r\n\r\n{`),
  );
  const durationsMs: number[] = [];
  for (let n = 0; n < 40; n++) {
    const startedAt = performance.now();
    expect((await post(webhook.key)).status).toBe(200);
    durationsMs.push(performance.now() - startedAt);
  }

  const closedConnections = await Promise.all(slowClients);

  const headerClients = closedConnections.filter((_, n) => n % 2 === 0);
  const bodyClients = closedConnections.filter((_, n) => n % 2 === 1);
  expect([...new Set(closedConnections.map(({ received }) => received.split('\r\n')[0]))]).toEqual([
    'HTTP/1.1 408 Request Timeout',
  ]);
  const [headersMs, bodyMs] = [headerClients, bodyClients].map((clients) => clients.map(({ ms }) => ms));
  ctx.expectAtMost((BODY_LIMIT_MS + CHECK_DELAY_MS) / 1_000, ...bodyMs!.map((ms) => ms / 1_000));
  expect(Math.max(...headersMs!)).toBeLessThan(Math.min(...bodyMs!));
  expect(Math.min(...headersMs!)).toBeGreaterThan(HEADERS_LIMIT_MS - 1_000);
  const slowest = durationsMs.sort((a, b) => a - b).at(-2)!;
  ctx.expectAtMost(0.5 * facts.loadFactor, slowest / 1_000);
  expect(await eventCount(ctx, webhook)).toBe(40);
});

const FORM = 'multipart/form-data; boundary=x';
const DEEP = `{"payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

/** By name: an invalid body and its content type. */
const INVALID_BODIES: Readonly<Record<string, [body: string, type: string]>> = {
  'an empty body': ['', 'application/json'],
  'malformed JSON': ['{"payload":', 'application/json'],
  'no payload': ['{"n":1}', 'application/json'],
  'a form': ['payload=1', 'application/x-www-form-urlencoded'],
  'a multipart form': ['--x\r\ncontent-disposition: form-data; name="payload"\r\n\r\n1\r\n--x--', FORM],
  'a document above the depth limit': [DEEP, 'application/json'],
};

systemTest('WH-05 an invalid body is rejected before the key is looked up', async (ctx) => {
  const webhook = await createWebhook(ctx);

  for (const [name, [body, type]] of Object.entries(INVALID_BODIES)) {
    const keys = [webhook.key, 'wh_0'];
    const responses = await Promise.all(keys.map((key) => post(key, { 'content-type': type }, body)));
    const codes = responses.map((response) => errorSummary(response).slice(0, 2));
    expect([name, ...codes]).toEqual([name, [400, 'BAD_REQUEST'], [400, 'BAD_REQUEST']]);
  }

  expect(await eventCount(ctx, webhook)).toBe(0);
});

systemTest('WH-05 a body above the limit of the webhook or server is rejected', async (ctx) => {
  const webhook = await createWebhook(ctx, { payload_size_limit_kb: 1 });
  const sized = (bytes: number): string => `{"payload":"${'x'.repeat(bytes - '{"payload":""}'.length)}"}`;

  const responses = [await post(webhook.key, {}, sized(1_024)), await post(webhook.key, {}, sized(1_025))];
  const huge = await post(webhook.key, {}, sized(2 * 1_024 * 1_024 + 1));

  expect(statuses(responses)).toEqual([200, 400]);
  expect([huge.status, huge.text.startsWith('{')]).toEqual([413, false]);
  expect(await eventCount(ctx, webhook)).toBe(1);
});

systemTest('WH-05 a JSON body is accepted with any content type', async (ctx) => {
  const webhook = await createWebhook(ctx);

  expect((await post(webhook.key, { 'content-type': 'text/plain' })).status).toBe(200);
  expect(await eventCount(ctx, webhook)).toBe(1);
});

systemTest('WH-06 replaced, deleted and unknown webhook keys get the same response', async (ctx) => {
  const [webhook, deleted] = [await createWebhook(ctx), await createWebhook(ctx)];
  await ctx.client.triggers.remove(deleted.ref);
  const { webhook_key: newKey } = await ctx.client.triggers.regenerateWebhook(webhook.ref);
  const guesses = Array.from({ length: 200 }, () => `wh_${randomName(32)}`);
  const invalidKeys = [webhook.key, deleted.key, 'wh_', '..%2F..', "wh_'%20or%201=1", ...guesses];

  const responses = await Promise.all(invalidKeys.map((key) => post(key)));

  expect(distinctResponses(responses)).toEqual(['404 {"error":"Webhook not found","code":"NOT_FOUND"}']);
  expect((await post(newKey ?? '')).status).toBe(200);
  await ctx.client.triggers.disable(webhook.ref);
  expect((await post(newKey ?? '')).status).toBe(404);
  await ctx.client.triggers.enable(webhook.ref);
  await ctx.client.triggers.disableWebhook(webhook.ref);
  expect((await post(newKey ?? '')).status).toBe(404);
});

systemTestBehindProxy('WH-06 the allow list matches addresses exactly', async (ctx) => {
  const webhook = await createWebhook(ctx, {
    ip_whitelist: { enabled: true, ips: ['203.0.113.0/24', '2001:db8::/32'] },
  });
  const from = async (address: string) => (await post(webhook.key, { 'x-forwarded-for': address })).status;

  const allowed = [
    ...['203.0.113.7', '::ffff:203.0.113.7', '2001:db8::1', '203.0.113.7:4711'],
    ...['198.51.100.1, 203.0.113.7', '198.51.100.1,203.0.113.7, 127.0.0.1', 'x, 203.0.113.7'],
  ];
  expect(await Promise.all(allowed.map(from))).toEqual(allowed.map(() => 200));
  const rejected = [
    ...['198.51.100.1', '203.0.113.7, 198.51.100.1', '203.0.113.7, 198.51.100.1, 127.0.0.1', '203.0.113.7, x'],
    ...['203.0.113.7,', 'localhost', 'x', '203.0.113'],
  ];
  expect(await Promise.all(rejected.map(from))).toEqual(rejected.map(() => 403));
  expect((await post(webhook.key)).status).toBe(403);
  expect(await eventCount(ctx, webhook)).toBe(allowed.length);
});

systemTest('WH-06 an empty allow list allows no address', async (ctx) => {
  const webhook = await createWebhook(ctx, { ip_whitelist: { enabled: true, ips: [] } });

  expect(statuses([await post(webhook.key), await post(webhook.key, { 'x-forwarded-for': '203.0.113.7' })])).toEqual([
    403, 403,
  ]);
});

systemTestBehindProxy('WH-06 the rate limit applies per address and key, with Retry-After', async (ctx) => {
  const webhook = await createWebhook(ctx, { rate_limit: { enabled: true, requests: 3, window_seconds: 60 } });
  const other = await createWebhook(ctx, { rate_limit: { enabled: true, requests: 3, window_seconds: 60 } });

  const responses = [
    await post(webhook.key),
    await post(webhook.key),
    await post(webhook.key),
    await post(webhook.key),
  ];

  expect(statuses(responses)).toEqual([200, 200, 200, 429]);
  expect(Number(responses[3]?.headers['retry-after'])).toBeGreaterThan(0);
  expect((await post(webhook.key, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(200);
  expect((await post(other.key)).status).toBe(200);
});
