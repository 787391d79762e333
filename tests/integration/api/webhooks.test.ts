import { createHmac } from 'node:crypto';
import type { Json } from '../../../contract/json';
import type { Trigger } from '../../../contract/triggers';
import { withHook } from './hook-stage';

const hook = withHook();

const secured = async (config: Json): Promise<Trigger> => {
  const trigger = await hook.hook();
  await hook
    .stage()
    .owner.query('update trigger set webhook_config = $1 where id = $2', [JSON.stringify(config), trigger.id]);
  return trigger;
};
const BODY = '{ "payload" : {"n":1} }';
const status = async (
  key: string | null | undefined,
  headers: Record<string, string> = {},
  body: string | Buffer = BODY,
) => (await hook.post(key, body, headers)).statusCode;
const eventsOf = async ({ ref }: Trigger) => (await hook.itemsOf<{ id: number }>(`/events?trigger_ref=${ref}`)).length;
const reasonsOf = async ({ id }: Trigger) => {
  const log = 'select status_code, reason from webhook_event_log where trigger = $1 order by id';
  const { rows } = await hook.stage().owner.query<{ status_code: number; reason: string | null }>(log, [id]);
  return rows.map(({ status_code: code, reason }) => [code, reason]);
};

test('a key opens its webhook until it is regenerated, disabled, or the trigger is', async () => {
  const { ref, webhook_key: first } = await hook.hook();
  const turn = async (verb: string) =>
    (await hook.dataOf<Trigger>(hook.send('POST', `/triggers/${ref}/${verb}`))).webhook_key;

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
  expect((await hook.send('POST', `/triggers/${ref}/webhooks/regenerate`)).statusCode).toBe(400);
});

test.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['no payload', '{"a":1}'],
  ['a list', '[1]'],
  ['a form', 'payload=1'],
  ['headers that are none', '{"payload":1,"headers":[]}'],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d])],
])('%s is refused before the key is looked up', async (_what, body) => {
  const answers = await Promise.all(
    ['wh_unknown', (await hook.hook()).webhook_key].map((key) => status(key, {}, body)),
  );

  expect(answers).toEqual([400, 400]);
});

test('the content type is not looked at, a wrong token neither, and a compressed body is refused', async () => {
  const trigger = await hook.hook();

  expect(await status(trigger.webhook_key, { 'content-type': 'text/plain', authorization: 'Bearer wrong' })).toBe(200);
  expect(await status(trigger.webhook_key, { 'content-encoding': 'gzip' })).toBe(400);
  expect(await status(trigger.webhook_key, {}, '{"payload":"a\\u0000"}')).toBe(422);
  expect(await status(trigger.webhook_key, {}, `{"payload":"${'x'.repeat(2_097_152)}"}`)).toBe(413);
  expect(await eventsOf(trigger)).toBe(1);
});

describe('a signature', () => {
  const hmac = (algorithm: string, secret = 's3cret') => ({ hmac: { enabled: true, secret, algorithm } });
  const sign = (algorithm: string, text: string, secret = 's3cret') =>
    createHmac(algorithm, secret).update(text).digest('hex');

  test.each([
    ['sha256', 'x-webhook-signature', ''],
    ['sha512', 'x-webhook-signature', 'sha512='],
    ['sha1', 'x-hub-signature-256', 'sha1='],
  ])('by %s in %s with the prefix "%s" is taken', async (algorithm, header, prefix) => {
    const trigger = await secured(hmac(algorithm));
    const answer = await hook.post(trigger.webhook_key, BODY, { [header]: prefix + sign(algorithm, BODY) });

    const { event_id: id } = answer.json<{ data: { event_id: number } }>().data;
    expect((await hook.event(id)).config).toMatchObject({ hmac_verified: true });
  });

  test('that is wrong in any way is refused alike, and leaves no event', async () => {
    const trigger = await secured(hmac('sha256'));
    const right = sign('sha256', BODY);
    const wrong: Record<string, string>[] = [
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

    const answers = await Promise.all(wrong.map((headers) => hook.post(trigger.webhook_key, BODY, headers)));

    const bodies = new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`));
    expect([...bodies]).toEqual(['401 {"error":"Invalid webhook signature","code":"UNAUTHORIZED"}']);
    expect(await eventsOf(trigger)).toBe(0);
    expect(await reasonsOf(trigger)).toEqual(wrong.map(() => [401, 'SIGNATURE']));
  });

  test('under an empty secret or an unknown algorithm never passes', async () => {
    const [empty, unknown] = [await secured(hmac('sha256', '')), await secured(hmac('md5'))];

    expect(await status(empty.webhook_key, { 'x-webhook-signature': sign('sha256', BODY, '') })).toBe(401);
    expect(await status(unknown.webhook_key, { 'x-webhook-signature': sign('md5', BODY) })).toBe(401);
  });

  test('with a replay window covers the stamp, which must be fresh', async () => {
    const trigger = await secured({ ...hmac('sha256'), replay_window_seconds: 60 });
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
});

test('the allow list counts the forwarded address, and what is no address is refused', async () => {
  const trigger = await secured({
    ip_whitelist: { enabled: true, ips: ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'] },
  });
  const from = (address: string) => status(trigger.webhook_key, { 'x-forwarded-for': address });

  expect(await Promise.all(['10.1.2.3', '192.0.2.7', '::ffff:10.1.2.3', '2001:db8::1'].map(from))).toEqual(
    Array(4).fill(200),
  );
  expect(await Promise.all(['10.2.0.1', '10.1.2.3, 10.1.2.4', 'nowhere', '2001:db9::1'].map(from))).toEqual(
    Array(4).fill(403),
  );
  expect(await status(trigger.webhook_key)).toBe(403);
  const empty = await secured({ ip_whitelist: { enabled: true, ips: [] } });
  expect(await status(empty.webhook_key, { 'x-forwarded-for': '10.1.2.3' })).toBe(403);
});

test('a limit of bytes and of calls, the latter by address and exact under concurrency', async () => {
  const small = await secured({ payload_size_limit_kb: 1 });
  const exact = `{"payload":"${'x'.repeat(1_024 - 14)}"}`;
  expect([await status(small.webhook_key, {}, exact), await status(small.webhook_key, {}, `${exact} `)]).toEqual([
    200, 400,
  ]);

  const rated = await secured({ rate_limit: { enabled: true, requests: 3, window_seconds: 60 } });
  const answers = await Promise.all(Array.from({ length: 8 }, () => status(rated.webhook_key)));
  expect(answers.sort()).toEqual([200, 200, 200, 429, 429, 429, 429, 429]);
  expect((await hook.post(rated.webhook_key, BODY)).headers).toMatchObject({ 'retry-after': '60' });
  expect(await status(rated.webhook_key, { 'x-real-ip': '192.0.2.9' })).toBe(200);
  expect(await eventsOf(rated)).toBe(4);
});

test('copies of one delivery make one event and are answered alike; another body under its name is refused', async () => {
  const trigger = await secured({ dedupe_header: 'X-Delivery' });
  await hook.rule(trigger.ref);

  const copies = await Promise.all(
    Array.from({ length: 20 }, () => hook.post(trigger.webhook_key, BODY, { 'x-delivery': 'd-1' })),
  );

  expect(new Set(copies.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
  expect(await eventsOf(trigger)).toBe(1);
  expect(await status(trigger.webhook_key, { 'x-delivery': 'd-1' }, '{"payload":2}')).toBe(409);
  const keyed = { 'idempotency-key': 'k' };
  expect([await status(trigger.webhook_key, keyed), await status(trigger.webhook_key, keyed)]).toEqual([200, 200]);
  expect(await eventsOf(trigger)).toBe(2);
});

test('the settings are set through the API, forgotten when the webhook is enabled again, and never shown', async () => {
  const { ref, webhook_key: key } = await hook.hook();
  const path = `/triggers/${ref}/webhooks/security`;
  const hmac = { enabled: true, secret: 'a secret of nobody', algorithm: 'sha256' };

  const answer = await hook.send('PUT', path, { hmac });

  expect([answer.statusCode, answer.body.includes('a secret of nobody')]).toEqual([200, false]);
  expect(await status(key)).toBe(401);
  expect((await hook.send('PUT', path, { hmac: { ...hmac, algorithm: 'md5' } })).statusCode).toBe(422);
  expect((await hook.send('PUT', path, { payload_size_limit_kb: 0 })).statusCode).toBe(422);
  await hook.send('POST', `/triggers/${ref}/webhooks/enable`);
  expect(await status(key)).toBe(200);
});

test('the key stands in no log', async () => {
  const { id, webhook_key: key } = await hook.hook();
  await status(key);

  const { rows } = await hook
    .stage()
    .owner.query<{ line: string }>('select to_jsonb(l)::text as line from webhook_event_log l where trigger = $1', [
      id,
    ]);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.line).not.toContain(key);
});
