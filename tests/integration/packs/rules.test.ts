import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Event } from '../../../contract/events';
import type { Rule } from '../../../contract/rules';
import type { Trigger } from '../../../contract/triggers';
import { withAdmin } from '../api/with-admin';
import { writeFiles } from './pack-source';

const { testApi, send } = withAdmin();

const FILES = {
  'pack.yaml': 'ref: demo\nversion: 1.0.0\n',
  'triggers/hook.yaml': 'ref: demo.hook\noutput: {n: {type: integer}}\ntype: ignored\n',
  'rules/on-hook.yaml':
    'ref: demo.on_hook\ntrigger_ref: hook\naction_ref: core.echo\nconditions: {expression: event.payload.n > 1}\naction_params: {message: "{{ event.payload.n }}"}\n',
};

let versions = 0;
const register = async (files: Readonly<Record<string, string>>) => {
  const path = writeFiles(join(testApi().scratch, 'sources', `demo-${++versions}`), files);
  const payload = { path, force: true, skip_tests: true };
  const answer = await testApi().call('POST', '/packs/register', payload);
  expect(answer.statusCode).toBe(201);
  return answer;
};
const trigger = async () => (await send('GET', '/triggers/demo.hook')).json<{ data: Trigger }>().data;
const rule = async () => (await send('GET', '/rules/demo.on_hook')).json<{ data: Rule }>().data;

test('a pack registers triggers, and rules without an owner', async () => {
  await register(FILES);

  const { id } = await trigger();
  expect(await trigger()).toMatchObject({
    label: 'Hook',
    pack_ref: 'demo',
    enabled: true,
    is_adhoc: false,
    out_schema: { n: { type: 'integer' } },
  });
  expect(await rule()).toMatchObject({
    label: 'On Hook',
    trigger: id,
    trigger_ref: 'demo.hook',
    action_ref: 'core.echo',
    is_adhoc: false,
    conditions: { expression: 'event.payload.n > 1' },
    owner_identity: null,
    permission_set_refs: null,
  });
});

const HOOK = `ref: demo.hook
webhook: {body: raw, headers: [X-Kind], signature: {scheme: github}}
`;
const post = (key: string | undefined, headers: Readonly<Record<string, string>> = {}) =>
  testApi().send({ method: 'POST', url: `/api/v1/webhooks/${key ?? ''}`, payload: '[1]', headers });
const secure = (payload: object) => testApi().call('PUT', '/triggers/demo.hook/webhooks/security', payload);

test('the file of a trigger says how its webhook is read', async () => {
  await register({ ...FILES, 'triggers/hook.yaml': HOOK });
  const enabled = await send('POST', '/triggers/demo.hook/webhooks/enable');
  const { webhook_key: key } = enabled.json<{ data: Trigger }>().data;
  const signature = createHmac('sha256', 'own').update('[1]').digest('hex');
  const signed = { 'x-hub-signature-256': `sha256=${signature}`, 'x-kind': 'k' };

  const withoutSecret = await post(key, signed);
  const set = await secure({ signature: { scheme: 'github', secret: 'own' } });
  const answer = await post(key, signed);

  expect([withoutSecret, set, answer].map(({ statusCode }) => statusCode)).toEqual([401, 200, 200]);
  const { event_id: id } = answer.json<{ data: { event_id: number } }>().data;
  const { data: event } = (await send('GET', `/events/${id}`)).json<{ data: Event }>();
  expect([event.payload, event.config?.headers]).toEqual([[1], { 'x-kind': 'k' }]);
  expect((await secure({ headers: ['X-Hub-Signature-256'] })).statusCode).toBe(422);
  expect((await secure({ hmac: { enabled: true, secret: 's', algorithm: 'sha256' } })).statusCode).toBe(422);
});

test.each([
  ['body: form', 'webhook/body must be one of ["envelope","raw"]'],
  ['signature: {scheme: github, secret: s}', 'webhook/signature/secret must not be in a file'],
  ['signature: {scheme: git}', 'webhook/signature/scheme must be one of'],
  ['bodies: raw', 'webhook/bodies is unknown: allowed are body, headers, signature'],
])('a trigger with the webhook {%s} is skipped with a warning', async (webhook, message) => {
  const answer = await register({ ...FILES, 'triggers/hook.yaml': `ref: demo.hook\nwebhook: {${webhook}}\n` });

  expect(answer.body).toContain(`triggers/hook.yaml:2: ${JSON.stringify(message).slice(1, -1)}`);
});

test('triggers and rules keep their ids when registered again', async () => {
  await register(FILES);
  await send('POST', '/triggers/demo.hook/webhooks/enable');
  const ends = { trigger_ref: 'demo.hook', action_ref: 'core.echo' };
  await send('POST', '/rules', { ref: 'demo.adhoc', pack_ref: 'demo', label: 'By hand', ...ends });
  const before = [await trigger(), await rule()] as const;

  await register({ ...FILES, 'rules/on-hook.yaml': `${FILES['rules/on-hook.yaml']}label: Other\n` });

  const { id, webhook_key } = before[0];
  expect(await trigger()).toMatchObject({ id, webhook_key });
  expect(await rule()).toMatchObject({ id: before[1].id, label: 'Other' });

  await register({ 'pack.yaml': FILES['pack.yaml'], 'triggers/hook.yaml': FILES['triggers/hook.yaml'] });

  expect((await send('GET', '/rules/demo.on_hook')).statusCode).toBe(404);
  expect((await send('GET', '/rules/demo.adhoc')).statusCode).toBe(200);
});

test('a rule that is registered again has no owner any more', async () => {
  await register(FILES);
  await testApi().owner.query(`update rule set owner_identity = 1, action_params = '{}' where ref = 'demo.on_hook'`);
  expect((await rule()).owner_identity).toBe(1);

  await register({ ...FILES, 'pack.yaml': 'ref: demo\nversion: 1.0.1\n' });

  expect(await rule()).toMatchObject({ owner_identity: null, action_params: { message: '{{ event.payload.n }}' } });
});

test('a rule ref without a dot belongs to the pack', async () => {
  await register({ ...FILES, 'rules/short.yaml': 'ref: short\ntrigger_ref: hook\naction_ref: core.echo\n' });

  const short = await send('GET', '/rules/demo.short');
  expect(short.json<{ data: Rule }>().data).toMatchObject({ ref: 'demo.short', label: 'Short', pack_ref: 'demo' });
});

test('a rule with an unknown trigger is skipped', async () => {
  const path = writeFiles(join(testApi().scratch, 'sources', 'lame'), {
    'pack.yaml': 'ref: lame\nversion: 1.0.0\n',
    'rules/a.yaml': 'ref: lame.a\ntrigger_ref: nowhere\naction_ref: core.echo\n',
    'rules/b.yaml': 'ref: lame.b\naction_ref: core.echo\n',
  });
  await testApi().call('POST', '/packs/register', { path });

  expect((await send('GET', '/packs/lame/rules')).json()).toMatchObject({ items: [] });
  expect((await send('GET', '/packs/lame')).statusCode).toBe(200);
});

test.each([
  ['conditions: {expression: event.payload.n >}', 'conditions/expression column 18'],
  ['conditions: {level: high}', 'conditions must be'],
  ['trigger_ref: core.crontimer\ntrigger_params: {expression: "0 0 22-2 * * *"}', 'write "22-23,0-2"'],
])('a rule that could never fire is skipped, and says why: %s', async (parts, message) => {
  await register(FILES);
  const ends = parts.startsWith('trigger_ref') ? '' : 'trigger_ref: hook\n';
  const dead = `ref: demo.dead\naction_ref: core.echo\n${ends}${parts}\n`;

  const answer = await register({ ...FILES, 'rules/dead.yaml': dead });

  const { message: warned } = answer.json<{ message: string }>();
  expect(warned).toMatch(/; rules\/dead\.yaml:1: the rule could never fire: .*; the file is skipped$/);
  expect(warned).toContain(message);
  expect(await rule()).toMatchObject({ ref: 'demo.on_hook' });
});
