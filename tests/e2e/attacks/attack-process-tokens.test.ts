// Spec: the token of an execution or a sensor opens what it was issued for, and ends with it.
import { createClient } from '../../../helpers/client/client';
import type { Context } from '../../../helpers/scenario/context';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { systemTest } from '../support/system-test';
import { callApi, missingGrant } from '../support/api-call';
import { createEmptyPack } from '../support/empty-pack';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';
import { errorSummary, sendRawRequest } from '../support/raw-request';
import { addItems, createQueue } from '../support/work-queues/queue';

/** A token with the claims that the platform gives the process of an execution. */
const executionToken = async (
  ctx: Context,
  { id, action_ref }: { readonly id: number; readonly action_ref: string },
  permissionSets: readonly string[],
): Promise<string> => {
  const metadata = {
    action_ref,
    standard_access_action_refs: [action_ref],
    standard_access_pack_refs: [action_ref.split('.')[0]!],
  };
  const { id: identity } = await ctx.client.auth.me();
  return forgeProgramToken(await readTokenSecret(ctx.facts), { identity, execution: id, permissionSets, metadata });
};

/** Starts an execution that runs for a minute. Returns it with the token of its process. */
const startExecution = async (ctx: Context, permissionSet: string, action_ref = 'core.sleep') => {
  const execution = await ctx.client.executions.execute({ action_ref, parameters: { seconds: 60 } });
  return { id: execution.id, token: await executionToken(ctx, execution, [permissionSet]) };
};

systemTest('AZ-06 a running action cannot exceed its permission sets', async (ctx) => {
  const pack = await createEmptyPack(ctx);
  const { id, token } = await startExecution(ctx, 'core.viewer');
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
  const newPack = { ref: pack.uniqueRef('pack').replace('.', '-'), label: 'pack', version: '1.0.0' };
  const rule = { ...pack.component('rule'), action_ref: 'core.noop', trigger_ref: pack.trigger };
  const workflow = { ...pack.component('workflow'), version: '1.0.0', definition };
  const post = (path: string, body?: object) => callApi(token, 'POST', path, body);

  expect(await post('/packs', newPack)).toMatchObject(missingGrant('packs:create'));
  const action = { ...pack.component('action'), entrypoint: 'true' };
  expect(await post('/actions', action)).toMatchObject(missingGrant('actions:create'));
  expect(await post('/rules', rule)).toMatchObject(missingGrant('rules:create'));
  expect(await post('/workflows', workflow)).toMatchObject(missingGrant('actions:create'));
  expect(await post('/triggers', pack.component('trigger'))).toMatchObject(missingGrant('triggers:create'));
  const enableWebhook = await post(`/triggers/${pack.trigger}/webhooks/enable`);
  expect(enableWebhook).toMatchObject(missingGrant('triggers:update'));
  expect(await post(`/executions/${id}/cancel`)).toMatchObject(missingGrant('executions:cancel'));
  expect(await callApi(token, 'GET', '/identities')).toMatchObject(missingGrant('identities:read'));
});

systemTest('AZ-06 a running action reads the keys of its action and no others', async (ctx) => {
  const [own, other] = [ctx.name('own'), ctx.name('other')];
  const pack = await ctx.ownPack();
  const action = await createScriptAction(ctx, pack, 'sleep 60', { seconds: {} });
  const owners = [
    [own, action],
    [other, await createScriptAction(ctx, pack, 'true')],
  ] as const;
  for (const [ref, owner_action_ref] of owners) {
    await ctx.client.keys.create({ ref, name: ref, owner_type: 'action', owner_action_ref, value: ref });
    ctx.defer(() => ctx.client.keys.remove(ref));
  }
  const { token } = await startExecution(ctx, 'standard', action);

  const { text } = await callApi(token, 'GET', '/keys?per_page=1000');

  const refs = (JSON.parse(text) as { items: { ref: string }[] }).items.map(({ ref }) => ref);
  expect(refs.filter((ref) => [own, other].includes(ref))).toEqual([own]);
  const hidden = await callApi(token, 'GET', `/keys/${other}`);
  expect(errorSummary(hidden)).toEqual([404, 'NOT_FOUND', 'KEY_NOT_FOUND']);
  expect((await callApi(token, 'GET', `/keys/${own}`)).status).toBe(200);
});

systemTest('AZ-06 what a queue of a running action starts cannot exceed its sets', async (ctx) => {
  const { ref: action } = await ctx.workflow([
    { name: 'strong', action: 'core.noop', permission_set_refs: ['core.admin'] },
  ]);
  const { id, token } = await startExecution(ctx, 'core.editor');
  ctx.defer(() => ctx.client.executions.cancel(id));
  const running = createClient({ baseUrl: ctx.facts.url, token });

  const queue = await createQueue(ctx, action, { enabled: true }, running);
  await addItems(ctx, queue, [{ payload: {} }]);
  const [run] = await until(executionsToBe('failed', 1, ctx.client, { action_ref: action }), ctx.deadline);

  const [child] = await ctx.client.executions.children(run!.id);
  expect((await ctx.client.executions.get(child!.id)).result).toMatchObject({ code: 'PERMISSION_SETS' });
});

systemTest('AZ-06 a running action posts events of its own pack alone', async (ctx) => {
  const own = await createEmptyPack(ctx);
  const other = await createEmptyPack(ctx);
  const action = await createScriptAction(ctx, own.ref, 'sleep 60', { seconds: {} });
  const { id, token } = await startExecution(ctx, 'core.viewer', action);
  ctx.defer(() => ctx.client.executions.cancel(id));
  const post = (trigger_ref: string) => callApi(token, 'POST', '/events', { trigger_ref, payload: {} });

  const refused = [await post(other.trigger), await post('core.alert')].map(errorSummary);
  expect(refused).toEqual([
    [403, 'FORBIDDEN', 'TRIGGER_NOT_YOURS'],
    [403, 'FORBIDDEN', 'TRIGGER_NOT_YOURS'],
  ]);
  expect((await post(own.trigger)).status).toBe(201);
  expect(await ctx.client.events.list({ trigger_ref: other.trigger })).toEqual([]);
});

systemTest('AZ-06 an execution cannot respond to its own inquiry', async (ctx) => {
  const { id: execution, token } = await startExecution(ctx, 'core.admin');
  const { id } = await ctx.client.inquiries.create({ execution, prompt: 'Continue?' });

  const response = await callApi(token, 'POST', `/inquiries/${id}/respond`, { response: true });

  expect(errorSummary(response)).toEqual([403, 'FORBIDDEN', 'PRIVILEGE_LOOP']);
  expect(response.text).toContain('privilege loop');
  expect((await ctx.client.inquiries.get(id)).status).toBe('pending');
});

systemTest('AZ-06 the token of an execution ends with the execution', async (ctx) => {
  const { id, token } = await startExecution(ctx, 'core.viewer');
  expect((await callApi(token, 'GET', '/keys')).status).toBe(200);

  await ctx.client.executions.cancel(id);
  await until(executionToEnd(ctx.client, id), ctx.deadline);

  const { status, text } = await callApi(token, 'GET', '/keys');
  expect([status, text]).toEqual([401, '{"error":{"code":401,"message":"Invalid authentication token"}}']);
});

systemTest('AZ-06 a token of an unknown execution is limited by its grants', async (ctx) => {
  const token = await executionToken(ctx, { id: 999_999_999, action_ref: 'core.sleep' }, ['core.viewer']);

  expect((await callApi(token, 'GET', '/keys')).status).toBe(200);
});

systemTest('AZ-07 only a caller that may update triggers gets a sensor token', async (ctx) => {
  const pack = await createEmptyPack(ctx);
  const editor = await createTestUser(ctx, 'core.editor');
  const body = { sensor_ref: pack.uniqueRef('sensor'), trigger_types: [pack.trigger] };
  const request = (path: string, token?: string) =>
    sendRawRequest(ctx.facts, { method: 'POST', path, body, ...(token !== undefined && { token }) });

  expect((await request('/auth/internal/sensor-token')).status).toBe(401);
  expect(errorSummary(await request('/auth/internal/sensor-token', ctx.facts.token))).toEqual([403, 'FORBIDDEN']);
  expect((await request('/auth/sensor-token')).status).toBe(401);
  expect(await request('/auth/sensor-token', editor.token)).toMatchObject(missingGrant('triggers:update'));
});

/** Creates a key that a pack owns. Returns its ref. */
const createPackKey = async ({ client, defer, name }: Context, owner_pack_ref: string): Promise<string> => {
  const ref = name('key');
  await client.keys.create({ ref, name: ref, owner_type: 'pack', owner_pack_ref, value: 1 });
  defer(() => client.keys.remove(ref));
  return ref;
};

systemTest('AZ-07 a sensor token posts its events, reads its keys, nothing else', async (ctx) => {
  const { client } = ctx;
  const pack = await createEmptyPack(ctx);
  const other = await client.triggers.create(pack.component('other'));
  const request = { sensor_ref: pack.uniqueRef('sensor'), trigger_types: [pack.trigger], ttl_seconds: 3_600 };
  const { token, identity_id: identity } = await client.auth.sensorToken(request);
  ctx.defer(() => client.identities.remove(identity));
  const foreignPack = await createEmptyPack(ctx);
  const [own, foreign] = [await createPackKey(ctx, pack.ref), await createPackKey(ctx, foreignPack.ref)];
  const statusOf = async (...call: [method: 'GET' | 'POST' | 'PUT', path: string, body?: object]) =>
    (await callApi(token, ...call)).status;

  expect(await statusOf('POST', '/events', { trigger_ref: pack.trigger, payload: {} })).toBe(201);
  expect(await statusOf('POST', '/events', { trigger_ref: other.ref, payload: {} })).toBe(403);
  expect(await statusOf('GET', `/keys/${own}`)).toBe(200);
  expect(await statusOf('GET', `/keys/${foreign}`)).toBe(404);
  const key = { ref: pack.uniqueRef('new'), name: 'new', owner_type: 'system', value: 1 };
  const forbidden = {
    'POST /keys': await statusOf('POST', '/keys', key),
    'GET /identities': await statusOf('GET', '/identities'),
    'GET /executions': await statusOf('GET', '/executions'),
    'POST /executions/execute': await statusOf('POST', '/executions/execute', { action_ref: 'core.noop' }),
    'GET /packs': await statusOf('GET', '/packs'),
    'PUT /triggers': await statusOf('PUT', `/triggers/${pack.trigger}`, { label: 'changed' }),
  };
  expect(Object.values(forbidden)).toHaveLength(6);
  expect(forbidden).toEqual(Object.fromEntries(Object.keys(forbidden).map((call) => [call, 403])));
});
