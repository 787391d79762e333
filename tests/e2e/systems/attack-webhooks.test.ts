// Spec: a webhook takes in what its trigger's owner would, once, and nothing else; who is refused learns no more than that.
import { createHmac } from 'node:crypto';
import { refusalOf, shoot, type Hit } from '../../../helpers/attack';
import { createClient } from '../../../helpers/client/client';
import { dribble } from '../../../helpers/dribble';
import { randomName } from '../../../helpers/names';
import { currentRun } from '../../../helpers/run';

const facts = currentRun();
const admin = createClient({ baseUrl: facts.url, token: facts.token });
const pack = `e2e-${facts.run}-hooks-${randomName(6)}`;

beforeAll(() => admin.packs.create({ ref: pack, label: 'Attacked', version: '1.0.0' }));
afterAll(() => admin.packs.remove(pack));

type WebhookSecurity = Parameters<typeof admin.triggers.secureWebhook>[1];

interface Hook {
  readonly ref: string;
  readonly key: string;
}

/** A trigger with a webhook, and two rules on it. */
async function openHook(security?: WebhookSecurity): Promise<Hook> {
  const ref = `${pack}.hook-${randomName(8)}`;
  await admin.triggers.create({ ref, pack_ref: pack, label: 'hook' });
  const { webhook_key: key } = await admin.triggers.enableWebhook(ref);
  if (security) await admin.triggers.secureWebhook(ref, security);
  return { ref, key: key ?? '' };
}

async function withRules(hook: Hook): Promise<Hook> {
  for (const name of ['one', 'two']) {
    const ends = { trigger_ref: hook.ref, action_ref: 'core.noop' };
    await admin.rules.create({ ref: `${hook.ref}-${name}`, pack_ref: pack, label: name, ...ends });
  }
  return hook;
}

const BODY = '{ "payload" : {"n":1} }';
const post = (key: string, headers: Readonly<Record<string, string>> = {}, body: string = BODY): Promise<Hit> =>
  shoot(facts, {
    ...{ method: 'POST', path: `/api/v1/webhooks/${key}`, body },
    headers: { 'content-type': 'application/json', ...headers },
  });
const eventsOf = async ({ ref }: Hook): Promise<number> => (await admin.events.list({ trigger_ref: ref })).length;
const eventIn = ({ text }: Hit): number => (JSON.parse(text) as { data: { event_id: number } }).data.event_id;
const statuses = (hits: readonly Hit[]): number[] => hits.map(({ status }) => status);

const SECRET = 'between-us';
const sign = (text: string, secret = SECRET, algorithm = 'sha256'): string =>
  createHmac(algorithm, secret).update(text).digest('hex');
const signed = (more: Partial<WebhookSecurity> = {}): WebhookSecurity => ({
  hmac: { enabled: true, secret: SECRET, algorithm: 'sha256' },
  ...more,
});
const UNSIGNED = '401 {"error":"Invalid webhook signature","code":"UNAUTHORIZED"}';
const answers = (hits: readonly Hit[]): string[] => [...new Set(hits.map(({ status, text }) => `${status} ${text}`))];

test('WH-01 whatever is wrong with a signature, the answer is the same, and nothing comes of it', async () => {
  const hook = await openHook(signed());
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

  const hits = await Promise.all(wrong.map((headers) => post(hook.key, headers)));

  expect([answers(hits), await eventsOf(hook)]).toEqual([[UNSIGNED], 0]);
  expect((await post(hook.key, { 'x-hub-signature-256': `sha256=${right}` })).status).toBe(200);
});

test('WH-01 a webhook cannot be secured with an empty secret', async () => {
  const hook = await openHook(signed());
  const empty = { hmac: { enabled: true, secret: '', algorithm: 'sha256' as const } };

  await expect(admin.triggers.secureWebhook(hook.ref, empty)).rejects.toMatchObject({ status: 422 });

  expect((await post(hook.key, { 'x-webhook-signature': sign(BODY, '') })).status).toBe(401);
  expect(await eventsOf(hook)).toBe(0);
});

test('WH-02 a call that was recorded cannot be played again later, nor stamped anew', async () => {
  const hook = await openHook(signed({ replay_window_seconds: 30 }));
  const at = (offset: number): string => String(Math.floor(Date.now() / 1_000) + offset);
  const stamped = (stamp: string, signature = sign(`${stamp}.${BODY}`)) => ({
    'x-webhook-timestamp': stamp,
    'x-webhook-signature': signature,
  });
  const fresh = at(0);

  const hits = [
    await post(hook.key, stamped(at(-40))),
    await post(hook.key, stamped(at(90))),
    await post(hook.key, stamped(at(1), sign(`${at(-40)}.${BODY}`))),
    await post(hook.key, { 'x-webhook-signature': sign(BODY) }),
  ];

  expect([answers(hits), await eventsOf(hook)]).toEqual([[UNSIGNED], 0]);
  expect((await post(hook.key, stamped(fresh))).status).toBe(200);
});

test.each([
  ['Idempotency-Key', {}],
  ['X-Delivery', { dedupe_header: 'X-Delivery' }],
])('WH-03 of fifty copies under one %s one is taken in, and all are answered alike', async (header, security) => {
  const hook = await withRules(await openHook(security));

  const hits = await Promise.all(Array.from({ length: 50 }, () => post(hook.key, { [header]: 'delivery-1' })));

  expect(answers(hits).map((answer) => answer.slice(0, 4))).toEqual(['200 ']);
  expect(await eventsOf(hook)).toBe(1);
  expect(await admin.enforcements.list({ event: eventIn(hits[0]!) })).toHaveLength(2);
});

test('WH-03 a copy that comes when all is over is answered as the first; another body is refused', async () => {
  const hook = await openHook();
  const first = await post(hook.key, { 'idempotency-key': 'a' });

  const [again, other, next] = [
    await post(hook.key, { 'idempotency-key': 'a' }),
    await post(hook.key, { 'idempotency-key': 'a' }, '{"payload":2}'),
    await post(hook.key, { 'idempotency-key': 'b' }, '{"payload":2}'),
  ];

  expect(again.text).toBe(first.text);
  expect(refusalOf(other).slice(0, 2)).toEqual([409, 'CONFLICT']);
  expect([next.status, await eventsOf(hook)]).toEqual([200, 2]);
});

const SOCKETS = 200;
const HEADERS_LIMIT_MS = 10_000;
const BODY_LIMIT_MS = 30_000;
/** How late an answer may be: connections are looked at now and then. */
const LATE_MS = 5_000;

test('WH-04 who dribbles is cut off after ten seconds of headers and thirty of body, and holds nobody up', async () => {
  const hook = await openHook();
  const head = `POST /api/v1/webhooks/${hook.key} HTTP/1.1\r\nHost: x\r\n`;
  const slow = Array.from({ length: SOCKETS }, (_, n) =>
    dribble(facts.url, n % 2 === 0 ? `${head}X-Slow: ` : `${head}Content-Length: 1000\r\n\r\n{`),
  );
  const times: number[] = [];
  for (let n = 0; n < 40; n++) {
    const began = performance.now();
    expect((await post(hook.key)).status).toBe(200);
    times.push(performance.now() - began);
  }

  const ends = await Promise.all(slow);

  const [ofHeaders, ofBodies] = [0, 1].map((odd) => ends.filter((_, n) => n % 2 === odd)) as [typeof ends, typeof ends];
  expect([...new Set(ends.map(({ said }) => said.split('\r\n')[0]))]).toEqual(['HTTP/1.1 408 Request Timeout']);
  expect(Math.max(...ofHeaders.map(({ ms }) => ms))).toBeLessThan(HEADERS_LIMIT_MS + LATE_MS);
  expect(Math.max(...ofBodies.map(({ ms }) => ms))).toBeLessThan(BODY_LIMIT_MS + LATE_MS);
  expect(Math.min(...ofHeaders.map(({ ms }) => ms))).toBeGreaterThan(HEADERS_LIMIT_MS - 1_000);
  expect(times.sort((a, b) => a - b).at(-2)).toBeLessThan(500 * facts.loadFactor);
  expect(await eventsOf(hook)).toBe(40);
}, 60_000);

const FORM = 'multipart/form-data; boundary=x';
const DEEP = `{"payload":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

test.each<[string, string, string]>([
  ['nothing', '', 'application/json'],
  ['broken JSON', '{"payload":', 'application/json'],
  ['no payload', '{"n":1}', 'application/json'],
  ['a form', 'payload=1', 'application/x-www-form-urlencoded'],
  ['a multipart form', '--x\r\ncontent-disposition: form-data; name="payload"\r\n\r\n1\r\n--x--', FORM],
  ['a document deeper than any is', DEEP, 'application/json'],
])('WH-05 %s is refused before the key is looked up', async (_what, body, type) => {
  const hook = await openHook();

  const hits = await Promise.all([hook.key, 'wh_0'].map((key) => post(key, { 'content-type': type }, body)));

  expect(hits.map((hit) => refusalOf(hit).slice(0, 2))).toEqual(Array(2).fill([400, 'BAD_REQUEST']));
  expect(await eventsOf(hook)).toBe(0);
});

test('WH-05 a body one byte too large is refused, by its own limit and by everybody’s', async () => {
  const hook = await openHook({ payload_size_limit_kb: 1 });
  const sized = (bytes: number): string => `{"payload":"${'x'.repeat(bytes - '{"payload":""}'.length)}"}`;

  const hits = [await post(hook.key, {}, sized(1_024)), await post(hook.key, {}, sized(1_025))];
  const huge = await post(hook.key, {}, sized(2 * 1_024 * 1_024 + 1));

  expect(statuses(hits)).toEqual([200, 400]);
  expect([huge.status, huge.text.startsWith('{')]).toEqual([413, false]);
  expect(await eventsOf(hook)).toBe(1);
});

test('WH-05 JSON is JSON, whatever the content type says', async () => {
  const hook = await openHook();

  expect((await post(hook.key, { 'content-type': 'text/plain' })).status).toBe(200);
  expect(await eventsOf(hook)).toBe(1);
});

test('WH-06 a key that is dead, one that never was and one that is made up are answered alike', async () => {
  const [hook, gone] = [await openHook(), await openHook()];
  await admin.triggers.remove(gone.ref);
  const { webhook_key: next } = await admin.triggers.regenerateWebhook(hook.ref);
  const guesses = Array.from({ length: 200 }, () => `wh_${randomName(32)}`);
  const dead = [hook.key, gone.key, 'wh_', '..%2F..', "wh_'%20or%201=1", ...guesses];

  const hits = await Promise.all(dead.map((key) => post(key)));

  expect(answers(hits)).toEqual(['404 {"error":"Webhook not found","code":"NOT_FOUND"}']);
  expect((await post(next ?? '')).status).toBe(200);
  await admin.triggers.disable(hook.ref);
  expect((await post(next ?? '')).status).toBe(404);
  await admin.triggers.enable(hook.ref);
  await admin.triggers.disableWebhook(hook.ref);
  expect((await post(next ?? '')).status).toBe(404);
});

test('WH-06 the allow list takes no address for another', async () => {
  const hook = await openHook({ ip_whitelist: { enabled: true, ips: ['203.0.113.0/24', '2001:db8::/32'] } });
  const from = async (address: string) => (await post(hook.key, { 'x-forwarded-for': address })).status;

  const allowed = ['203.0.113.7', '::ffff:203.0.113.7', '2001:db8::1'];
  expect(await Promise.all(allowed.map(from))).toEqual([200, 200, 200]);
  const refused = [
    '198.51.100.1',
    '203.0.113.7, 198.51.100.1',
    '203.0.113.7, 203.0.113.8',
    'localhost',
    'x',
    '203.0.113',
  ];
  expect(await Promise.all(refused.map(from))).toEqual(refused.map(() => 403));
  expect((await post(hook.key)).status).toBe(403);
  expect(await eventsOf(hook)).toBe(allowed.length);
});

test('WH-06 an empty allow list allows nobody', async () => {
  const hook = await openHook({ ip_whitelist: { enabled: true, ips: [] } });

  expect(statuses([await post(hook.key), await post(hook.key, { 'x-forwarded-for': '203.0.113.7' })])).toEqual([
    403, 403,
  ]);
});

test('WH-06 one call too many is refused with how long to wait, for its address and key alone', async () => {
  const hook = await openHook({ rate_limit: { enabled: true, requests: 3, window_seconds: 60 } });
  const other = await openHook({ rate_limit: { enabled: true, requests: 3, window_seconds: 60 } });

  const hits = [await post(hook.key), await post(hook.key), await post(hook.key), await post(hook.key)];

  expect(statuses(hits)).toEqual([200, 200, 200, 429]);
  expect(Number(hits[3]?.headers['retry-after'])).toBeGreaterThan(0);
  expect((await post(hook.key, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(200);
  expect((await post(other.key)).status).toBe(200);
});
