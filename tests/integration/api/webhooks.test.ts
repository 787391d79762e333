import { createHmac } from 'node:crypto';
import type { Json } from '../../../contract/json';
import type { Trigger } from '../../../contract/triggers';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();

const securedTrigger = async (config: Json): Promise<Trigger> => {
  const trigger = await webhook.hook();
  await webhook
    .api()
    .owner.query('update trigger set webhook_config = $1 where id = $2', [JSON.stringify(config), trigger.id]);
  return trigger;
};
const BODY = '{ "payload" : {"n":1} }';
const status = async (
  key: string | null | undefined,
  headers: Record<string, string> = {},
  body: string | Buffer = BODY,
) => (await webhook.post(key, body, headers)).statusCode;
const eventsOf = async ({ ref }: Trigger) =>
  (await webhook.itemsOf<{ id: number }>(`/events?trigger_ref=${ref}`)).length;
const reasonsOf = async ({ id }: Trigger) => {
  const log = 'select status_code, reason from webhook_event_log where trigger = $1 order by id';
  const { rows } = await webhook.api().owner.query<{ status_code: number; reason: string | null }>(log, [id]);
  return rows.map(({ status_code: code, reason }) => [code, reason]);
};

test('a key is valid until it is regenerated or the webhook is disabled', async () => {
  const { ref, webhook_key: first } = await webhook.hook();
  const turn = async (verb: string) =>
    (await webhook.dataOf<Trigger>(webhook.send('POST', `/triggers/${ref}/${verb}`))).webhook_key;

  expect(first).toMatch(/^wh_[0-9a-f]{32}$/);
  expect(await turn('webhooks/enable')).toBe(first);
  const second = await turn('webhooks/regenerate');
  expect(second).not.toBe(first);
  expect([await status(first), await status(second), await status('wh_0')]).toEqual([404, 200, 404]);
  await turn('disable');
  expect(await status(second)).toBe(404);
  await turn('enable');
  expect(await status(second)).toBe(200);
  expect(await turn('webhooks/disable')).toBeUndefined();
  expect(await status(second)).toBe(404);
  expect((await webhook.send('POST', `/triggers/${ref}/webhooks/regenerate`)).statusCode).toBe(400);
});

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['no payload', '{"a":1}'],
  ['a list', '[1]'],
  ['a form', 'payload=1'],
  ['headers that are none', '{"payload":1,"headers":[]}'],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
])('%s is rejected before the key is looked up', async (_what, body) => {
  const answers = await Promise.all(
    ['wh_unknown', (await webhook.hook()).webhook_key].map((key) => status(key, {}, body)),
  );

  expect(answers).toEqual([400, 400]);
});

test('content type and token are ignored, a compressed body is rejected', async () => {
  const trigger = await webhook.hook();

  expect(await status(trigger.webhook_key, { 'content-type': 'text/plain', authorization: 'Bearer wrong' })).toBe(200);
  expect(await status(trigger.webhook_key, { 'content-encoding': 'gzip' })).toBe(400);
  expect(await status(trigger.webhook_key, {}, '{"payload":"a\\u0000"}')).toBe(422);
  expect(await status(trigger.webhook_key, {}, `{"payload":"${'x'.repeat(2_097_152)}"}`)).toBe(413);
  expect(await eventsOf(trigger)).toBe(1);
});

const hmacConfig = (algorithm: string, secret = 's3cret') => ({ hmac: { enabled: true, secret, algorithm } });
const sign = (algorithm: string, text: string, secret = 's3cret') =>
  createHmac(algorithm, secret).update(text).digest('hex');

/** Headers with no signature of `BODY` by SHA-256, or with one that is wrong in one way. */
function wrongSignatureHeaders(): Record<string, string>[] {
  const right = sign('sha256', BODY);
  return [
    {},
    { 'x-webhook-signature': sign('sha256', BODY, 'other') },
    { 'x-webhook-signature': sign('sha512', BODY) },
    { 'x-webhook-signature': `sha512=${right}` },
    { 'x-webhook-signature': right.slice(0, -2) },
    { 'x-webhook-signature': right.slice(0, -1) },
    { 'x-webhook-signature': `${right.slice(0, -1)}z` },
    { 'x-webhook-signature': sign('sha256', '{"payload":{"n":1}}') },
    { 'x-webhook-signature': right, 'x-hub-signature-256': sign('sha256', BODY, 'other') },
  ];
}

describe('a signature', () => {
  test.each([
    ['sha256', 'x-webhook-signature', ''],
    ['sha512', 'x-webhook-signature', 'sha512='],
    ['sha1', 'x-hub-signature-256', 'sha1='],
  ])('by %s in %s with the prefix "%s" is accepted', async (algorithm, header, prefix) => {
    const trigger = await securedTrigger(hmacConfig(algorithm));
    const response = await webhook.post(trigger.webhook_key, BODY, { [header]: prefix + sign(algorithm, BODY) });

    const { event_id: id } = response.json<{ data: { event_id: number } }>().data;
    expect((await webhook.event(id)).config).toMatchObject({ hmac_verified: true });
  });

  test('that is wrong in any way gets one response and leaves no event', async () => {
    const trigger = await securedTrigger(hmacConfig('sha256'));
    const wrong = wrongSignatureHeaders();

    const answers = await Promise.all(wrong.map((headers) => webhook.post(trigger.webhook_key, BODY, headers)));

    const bodies = new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`));
    expect([...bodies]).toEqual(['401 {"error":"Invalid webhook signature","code":"UNAUTHORIZED"}']);
    expect(await eventsOf(trigger)).toBe(0);
    expect(await reasonsOf(trigger)).toEqual(wrong.map(() => [401, 'SIGNATURE']));
  });

  test('under an empty secret or an unknown algorithm is rejected', async () => {
    const [empty, unknown] = [await securedTrigger(hmacConfig('sha256', '')), await securedTrigger(hmacConfig('md5'))];

    expect(await status(empty.webhook_key, { 'x-webhook-signature': sign('sha256', BODY, '') })).toBe(401);
    expect(await status(unknown.webhook_key, { 'x-webhook-signature': sign('md5', BODY) })).toBe(401);
  });

  test('with a replay window covers the timestamp, which must be recent', async () => {
    const trigger = await securedTrigger({ ...hmacConfig('sha256'), replay_window_seconds: 60 });
    const at = (ageSeconds: number) => String(Math.round(Date.now() / 1_000) - ageSeconds);
    const stamped = (stamp: string, signed = stamp) => ({
      'x-webhook-timestamp': stamp,
      'x-webhook-signature': sign('sha256', `${signed}.${BODY}`),
    });

    const calls = [stamped(at(1)), stamped(at(120)), stamped(at(-120)), stamped(at(1), at(9)), stamped('soon')];
    const answers = await Promise.all(calls.map((headers) => status(trigger.webhook_key, headers)));

    expect(answers).toEqual([200, 401, 401, 401, 401]);
    expect(await status(trigger.webhook_key, { 'x-webhook-signature': sign('sha256', BODY) })).toBe(401);
  });

  test('with a timestamp outside its window is logged as such', async () => {
    const trigger = await securedTrigger({ ...hmacConfig('sha256'), replay_window_seconds: 60 });
    const old = String(Math.round(Date.now() / 1_000) - 120);
    const stamped = { 'x-webhook-timestamp': old, 'x-webhook-signature': sign('sha256', `${old}.${BODY}`) };

    await status(trigger.webhook_key, stamped);

    expect(await reasonsOf(trigger)).toEqual([[401, 'STAMP']]);
  });
});

test('the allow list matches the forwarded address', async () => {
  const trigger = await securedTrigger({
    ip_whitelist: { enabled: true, ips: ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'] },
  });
  const from = (address: string) => status(trigger.webhook_key, { 'x-forwarded-for': address });

  expect(await Promise.all(['10.1.2.3', '192.0.2.7', '::ffff:10.1.2.3', '2001:db8::1'].map(from))).toEqual(
    Array(4).fill(200),
  );
  const rejected = ['10.2.0.1', '10.1.2.3, 10.2.0.1', '10.1.2.3, 10.2.0.1, 127.0.0.1', 'nowhere', '2001:db9::1'];
  expect(await Promise.all(rejected.map(from))).toEqual(rejected.map(() => 403));
  expect(await Promise.all(['10.2.0.1, 10.1.2.3', 'nowhere, 10.1.2.3,127.0.0.1'].map(from))).toEqual([200, 200]);
  expect(await status(trigger.webhook_key)).toBe(403);
  const empty = await securedTrigger({ ip_whitelist: { enabled: true, ips: [] } });
  expect(await status(empty.webhook_key, { 'x-forwarded-for': '10.1.2.3' })).toBe(403);
  expect(await reasonsOf(empty)).toEqual([[403, 'ADDRESS']]);
});

test('bytes and calls are limited, calls per address', async () => {
  const small = await securedTrigger({ payload_size_limit_kb: 1 });
  const exact = `{"payload":"${'x'.repeat(1_024 - 14)}"}`;
  expect([await status(small.webhook_key, {}, exact), await status(small.webhook_key, {}, `${exact} `)]).toEqual([
    200, 400,
  ]);
  expect(await reasonsOf(small)).toEqual([
    [200, null],
    [400, 'SIZE'],
  ]);

  const rated = await securedTrigger({ rate_limit: { enabled: true, requests: 3, window_seconds: 60 } });
  const answers = await Promise.all(Array.from({ length: 8 }, () => status(rated.webhook_key)));
  expect(answers.sort()).toEqual([200, 200, 200, 429, 429, 429, 429, 429]);
  expect((await webhook.post(rated.webhook_key, BODY)).headers).toMatchObject({ 'retry-after': '60' });
  expect(await status(rated.webhook_key, { 'x-real-ip': '192.0.2.9' })).toBe(200);
  expect(await eventsOf(rated)).toBe(4);
  expect((await reasonsOf(rated)).filter(([code]) => code !== 200)).toEqual(Array(6).fill([429, 'RATE']));
});

test('copies of one delivery make one event', async () => {
  const trigger = await securedTrigger({ dedupe_header: 'X-Delivery' });
  await webhook.rule(trigger.ref);

  const copies = await Promise.all(
    Array.from({ length: 20 }, () => webhook.post(trigger.webhook_key, BODY, { 'x-delivery': 'd-1' })),
  );

  expect(new Set(copies.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
  expect(await eventsOf(trigger)).toBe(1);
  expect(await status(trigger.webhook_key, { 'x-delivery': 'd-1' }, '{"payload":2}')).toBe(409);
  expect((await reasonsOf(trigger)).slice(-2)).toEqual([
    [200, 'DUPLICATE'],
    [409, 'OTHER_BODY'],
  ]);
  const keyed = { 'idempotency-key': 'k' };
  expect([await status(trigger.webhook_key, keyed), await status(trigger.webhook_key, keyed)]).toEqual([200, 200]);
  expect(await eventsOf(trigger)).toBe(2);
});

test('the security settings are removed by enabling and never shown', async () => {
  const { ref, webhook_key: key } = await webhook.hook();
  const path = `/triggers/${ref}/webhooks/security`;
  const hmac = { enabled: true, secret: 'an hmac secret', algorithm: 'sha256' };

  const response = await webhook.send('PUT', path, { hmac });

  expect([response.statusCode, response.body.includes('an hmac secret')]).toEqual([200, false]);
  expect(await status(key)).toBe(401);
  expect((await webhook.send('PUT', path, { hmac: { ...hmac, algorithm: 'md5' } })).statusCode).toBe(422);
  expect((await webhook.send('PUT', path, { payload_size_limit_kb: 0 })).statusCode).toBe(422);
  await webhook.send('POST', `/triggers/${ref}/webhooks/enable`);
  expect(await status(key)).toBe(200);
});

test('the key appears in no log', async () => {
  const { id, webhook_key: key } = await webhook.hook();
  await status(key);

  const { rows } = await webhook
    .api()
    .owner.query<{ line: string }>('select to_jsonb(l)::text as line from webhook_event_log l where trigger = $1', [
      id,
    ]);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.line).not.toContain(key);
});
