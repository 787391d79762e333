import { createHmac } from 'node:crypto';
import type { Trigger } from '../../../contract/triggers';
import type { WebhookSecurity } from '../../../contract/webhook-security';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const RAW: WebhookSecurity = { body: 'raw' };

const secure = (ref: string, settings: object) => webhook.send('PUT', `/triggers/${ref}/webhooks/security`, settings);

async function hookWith(settings: WebhookSecurity): Promise<Trigger> {
  const trigger = await webhook.hook();
  await webhook.dataOf(secure(trigger.ref, settings));
  return trigger;
}

const call = async (
  { webhook_key: key }: Trigger,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
) => {
  const response = await webhook.post(key, body, headers);
  return { status: response.statusCode, text: response.body };
};

const eventIdOf = ({ text }: { text: string }): number =>
  (JSON.parse(text) as { data: { event_id: number } }).data.event_id;

const eventOf = async (trigger: Trigger, body: string | Buffer, headers?: Readonly<Record<string, string>>) =>
  webhook.event(eventIdOf(await call(trigger, body, headers)));

const eventsOf = async ({ ref }: Trigger) =>
  (await webhook.itemsOf<{ id: number }>(`/events?trigger_ref=${ref}`)).length;

const FORM = 'payload=%7B%22ref%22%3A%22main%22%7D&label=a+b&label=&caf%C3%A9=%2B';

test.each([
  ['an object', '{"payload":{"n":1},"ref":"main"}', JSON_TYPE, { payload: { n: 1 }, ref: 'main' }],
  ['a list', '[1,{"a":null}]', { 'content-type': 'application/vnd.api+json; charset=utf-8' }, [1, { a: null }]],
  ['a text', '"ping"', { 'content-type': 'text/plain' }, 'ping'],
  ['null', 'null', JSON_TYPE, null],
  ['a document with a byte order mark', '\ufeff{"a":1}', JSON_TYPE, { a: 1 }],
  ['a form', FORM, FORM_TYPE, { payload: '{"ref":"main"}', label: ['a b', ''], café: '+' }],
  ['a form with names of prototypes', '__proto__=1', FORM_TYPE, JSON.parse('{"__proto__":"1"}') as object],
])('%s is the payload of a raw webhook', async (_what, body, headers, payload) => {
  expect((await eventOf(await hookWith(RAW), body, headers)).payload).toEqual(payload);
});

test.each([
  ['nothing', '', JSON_TYPE, 400, 'the body is empty: send a JSON document, or a form'],
  ['no JSON', '{"a":', JSON_TYPE, 400, 'the body cannot be read'],
  ['a form as JSON', 'a=1', JSON_TYPE, 400, 'the body cannot be read'],
  ['XML', '<a/>', { 'content-type': 'application/xml' }, 415, 'the body is application/xml: send application/json or'],
  [
    'a form in parts',
    '--x--',
    { 'content-type': 'multipart/form-data; boundary=x' },
    415,
    '"code":"UNSUPPORTED_MEDIA_TYPE"',
  ],
  ['a NUL in JSON', '{"a":"\\u0000"}', JSON_TYPE, 422, '/a holds a NUL character'],
  ['a NUL in a form', 'a=%00', FORM_TYPE, 422, '/a holds a NUL character'],
  ['a form that is no UTF-8', 'a=%ff', FORM_TYPE, 400, 'the form cannot be read'],
])('%s is rejected by a raw webhook, and logged', async (_what, body, headers, status, text) => {
  const trigger = await hookWith(RAW);

  const answer = await call(trigger, body, headers);

  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
  const log = 'select status_code, reason from webhook_event_log where trigger = $1';
  const { rows } = await webhook.api().owner.query(log, [trigger.id]);
  expect([rows, await eventsOf(trigger)]).toEqual([[{ status_code: status, reason: 'BODY' }], 0]);
});

test('an envelope is read as before, and a form is explained', async () => {
  const trigger = await webhook.hook();
  const answers = [
    await call(trigger, FORM, FORM_TYPE),
    await call(trigger, '{"ref":"main"}'),
    await call(trigger, '{"payload":1}', FORM_TYPE),
    await call(trigger, '\ufeff{"payload":1}'),
  ];

  expect(answers.map(({ status }) => status)).toEqual([400, 400, 200, 200]);
  expect(answers[0]!.text).toContain('the body is a form: send {\\"payload\\": …} as JSON');
  expect(answers[1]!.text).toContain('\\"body\\": \\"raw\\"');
});

test('rules read the headers that the webhook names, and no others', async () => {
  const trigger = await hookWith({ body: 'raw', headers: ['X-GitHub-Event', 'X-Missing'] });
  const rule = await webhook.rule(trigger.ref, {
    conditions: { expression: "event.headers['x-github-event'] == 'push'" },
    action_params: { message: "{{ event.headers['x-github-event'] }}/{{ event.headers.x-github-event }}" },
  });
  const headers = (kind: string) => ({ 'X-GitHub-Event': kind, authorization: 'Bearer secret', cookie: 'a=secret' });

  const event = await eventOf(trigger, '{}', headers('push'));
  const other = await eventOf(trigger, '{}', headers('ping'));

  expect(event.config).toMatchObject({ headers: { 'x-github-event': 'push' } });
  expect(JSON.stringify(event)).not.toContain('secret');
  const decided = [event, other].map(({ id }) => webhook.decisions(id));
  expect((await Promise.all(decided)).map(([decision]) => decision?.matched)).toEqual([true, false]);
  const [execution] = await webhook.executions(`rule_ref=${rule.ref}`);
  const { config } = await webhook.dataOf<{ config: object }>(webhook.send('GET', `/executions/${execution!.id}`));
  expect(config).toEqual({ message: 'push/push' });
});

const SECRET = 'a-signature-secret-of-this-test';
const hex = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex');

test('a signature covers the bytes, also of a form', async () => {
  const trigger = await hookWith({ body: 'raw', signature: { scheme: 'github', secret: SECRET } });
  const signed = (body: string) => ({ ...FORM_TYPE, 'x-hub-signature-256': `sha256=${hex(body)}` });

  const answers = [
    await call(trigger, FORM, signed(FORM)),
    await call(trigger, `${FORM}&`, signed(FORM)),
    await call(trigger, FORM, FORM_TYPE),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 401, 401]);
  expect((await webhook.event(eventIdOf(answers[0]!))).config).toMatchObject({ hmac_verified: true });
});

test('a call with a signed timestamp makes one event, whatever its key', async () => {
  const trigger = await hookWith({ body: 'raw', signature: { scheme: 'stripe', secret: SECRET } });
  const body = '{"id":"evt_1"}';
  const at = Math.round(Date.now() / 1_000);
  const signed = (seconds: number) => ({ 'stripe-signature': `t=${seconds},v1=${hex(`${seconds}.${body}`)}` });

  const first = await call(trigger, body, signed(at));
  const copies = await Promise.all(
    ['1', '2', '3'].map((key) => call(trigger, body, { ...signed(at), 'idempotency-key': key })),
  );
  const next = await call(trigger, body, signed(at - 1));

  expect(copies.map(({ text }) => text)).toEqual([first.text, first.text, first.text]);
  expect([next.status, await eventsOf(trigger)]).toEqual([200, 2]);
});

test('the secret of a signature is in no response and no table', async () => {
  const trigger = await webhook.hook();
  const answer = await secure(trigger.ref, { body: 'raw', signature: { scheme: 'github', secret: SECRET } });

  const { rows } = await webhook
    .api()
    .owner.query<{ row: string; secret: string | null }>(
      'select t::text as row, webhook_secret as secret from trigger t where id = $1',
      [trigger.id],
    );
  expect([answer.statusCode, answer.body.includes(SECRET)]).toEqual([200, false]);
  expect([rows[0]!.row.includes(SECRET), rows[0]!.secret]).toEqual([false, expect.any(String)]);
});

test.each([
  [{ body: 'form' }, 'body must be one of envelope, raw'],
  [{ signature: { scheme: 'bitbucket', secret: 'a-secret' } }, 'signature/scheme must be one of github, gitlab, hmac'],
  [{ signature: { scheme: 'github' } }, 'signature/secret is required'],
  [{ signature: { scheme: 'github', secret: '' } }, 'signature/secret must have at least 1 characters'],
  [
    { signature: { scheme: 'hmac', secret: 'a-secret', header: 'x', encoding: 'hax' } },
    'signature/encoding must be one',
  ],
  [{ bdy: 'raw' }, 'bdy is unknown: allowed are body, headers, signature'],
  [{ body: 'raw', headers: ['Cookie'] }, 'headers/0 Cookie can hold a secret'],
])('wrong settings change nothing: %j', async (settings, message) => {
  const trigger = await hookWith({ body: 'raw', signature: { scheme: 'github', secret: SECRET } });

  const answer = await secure(trigger.ref, settings);

  expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining(message)]);
  expect(answer.body).not.toContain('a-secret');
  expect((await call(trigger, '{}', { 'x-hub-signature-256': `sha256=${hex('{}')}` })).status).toBe(200);
});
