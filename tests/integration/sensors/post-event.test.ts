import type { Event } from '../../../contract/events';
import type { Execution } from '../../../contract/executions';
import { signSensorToken } from '../../../platform/auth/tokens';
import { withWebhook } from '../api/with-webhook';
import { SECRET } from '../api/with-api';
import { tokenOfExecution } from '../api/test-tokens';

const webhook = withWebhook();
const VIEWER = ['core.viewer'];

const sensorToken = (triggerTypes: readonly string[]) =>
  signSensorToken(SECRET, { identity: 1, tenant: 1, sensorRef: 'demo.watch', triggerTypes });
const post = (token: string, body: object) =>
  webhook.api().send({ method: 'POST', url: '/api/v1/events', payload: body }, token);
const eventIn = async (pending: ReturnType<typeof post>) => (await pending).json<{ data: Event }>().data;

const random = () => Math.random().toString(36).slice(2);

/** Creates an action, in the pack `demo` by default. Returns its ref. */
async function createAction(pack_ref = 'demo'): Promise<string> {
  const ref = `${pack_ref}.job-${random()}`;
  const action = { ref, pack_ref, label: 'Job', entrypoint: 'true', runtime_ref: 'core.shell' };
  await webhook.dataOf(webhook.send('POST', '/actions', action));
  return ref;
}
const execute = async (action_ref: string) =>
  (await webhook.dataOf<Execution>(webhook.send('POST', '/executions/execute', { action_ref }))).id;

/** Creates a permission set with one grant for events. Returns its ref. */
async function createEventsSet(constraints: object): Promise<string> {
  const ref = `test.events-${random()}`;
  const grants = JSON.stringify([{ resource: 'events', actions: ['create'], constraints }]);
  await webhook.api().owner.query('insert into permission_set (ref, grants) values ($1, $2)', [ref, grants]);
  return ref;
}

test('a sensor’s event fires every rule of its trigger and names its source', async () => {
  const { ref } = await webhook.hook();
  const rule = await webhook.rule(ref, { action_params: { message: '{{ event.payload.n }}' } });

  const response = await post(await sensorToken([ref]), { trigger_ref: ref, payload: { n: 7 }, config: { by: 'me' } });

  expect([response.statusCode, response.json<{ data: Event }>().data]).toMatchObject([
    201,
    { trigger_ref: ref, payload: { n: 7 }, config: { by: 'me' }, source: null, source_ref: 'demo.watch', rule: null },
  ]);
  const { id } = response.json<{ data: Event }>().data;
  expect(await webhook.enforcements(id)).toMatchObject([{ rule: rule.id, status: 'processed' }]);
});

test('trigger_type is an alias of trigger_ref, and one of them is required', async () => {
  const { ref } = await webhook.hook();

  expect(await eventIn(post(await sensorToken([ref]), { trigger_type: ref }))).toMatchObject({ trigger_ref: ref });
  expect((await post(await sensorToken([ref]), { payload: {} })).statusCode).toBe(422);
});

test('a user cannot post events', async () => {
  const { ref } = await webhook.hook();

  const response = await webhook.send('POST', '/events', { trigger_ref: ref });

  expect([response.statusCode, response.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
});

test('a sensor can post events of its own triggers only', async () => {
  const [mine, other] = [await webhook.hook(), await webhook.hook()];
  const token = await sensorToken([mine.ref]);

  const responses = await Promise.all([other.ref, 'no.where'].map((ref) => post(token, { trigger_ref: ref })));

  expect(responses.map(({ statusCode }) => statusCode)).toEqual([403, 403]);
  expect((await post(await sensorToken(['no.where']), { trigger_ref: 'no.where' })).statusCode).toBe(404);
  expect(await webhook.itemsOf(`/events?trigger_ref=${other.ref}`)).toEqual([]);
});

test('an event for one rule fires only that rule', async () => {
  const { ref } = await webhook.hook();
  const [targetRule] = [await webhook.rule(ref), await webhook.rule(ref)];
  const token = await sensorToken([ref]);

  const bound = await eventIn(post(token, { trigger_ref: ref, trigger_instance_id: `rule_${targetRule.id}` }));
  const unbound = await eventIn(post(token, { trigger_ref: ref, trigger_instance_id: 'something' }));

  expect([bound.rule, bound.rule_ref, unbound.rule]).toEqual([targetRule.id, targetRule.ref, null]);
  expect((await webhook.enforcements(bound.id)).map(({ rule }) => rule)).toEqual([targetRule.id]);
  expect(await webhook.enforcements(unbound.id)).toHaveLength(2);
});

test('an event for a deleted rule or a rule of another trigger fires nothing', async () => {
  const [{ ref }, other] = [await webhook.hook(), await webhook.hook()];
  await webhook.rule(ref);
  const [deleted, foreign] = [await webhook.rule(ref), await webhook.rule(other.ref)];
  await webhook.send('DELETE', `/rules/${deleted.ref}`);
  const token = await sensorToken([ref]);

  for (const { id } of [deleted, foreign]) {
    const event = await eventIn(post(token, { trigger_ref: ref, trigger_instance_id: `rule_${id}` }));
    expect([event.rule, await webhook.enforcements(event.id)]).toEqual([null, []]);
  }
});

test('an event of a disabled trigger is rejected', async () => {
  const { ref } = await webhook.hook();
  await webhook.send('POST', `/triggers/${ref}/disable`);

  const response = await post(await sensorToken([ref]), { trigger_ref: ref });

  expect([response.statusCode, response.json()]).toMatchObject([
    409,
    { code: 'CONFLICT', details: { reason: 'TRIGGER_DISABLED' } },
  ]);
  expect(await webhook.itemsOf(`/events?trigger_ref=${ref}`)).toEqual([]);
});

test('a running action posts events of triggers of its own pack', async () => {
  const { ref } = await webhook.hook();
  const execution = await execute(await createAction());

  const event = await eventIn(post(await tokenOfExecution(execution, VIEWER), { trigger_ref: ref, payload: null }));

  expect(event).toMatchObject({ source: null, source_ref: `execution:${execution}`, payload: null });
});

test('AZ-10 an action posts no events of another pack’s webhook trigger', async () => {
  const { ref } = await webhook.hook();
  const rule = await webhook.rule(ref);
  const security = { hmac: { enabled: true, secret: 's'.repeat(32), algorithm: 'sha256' } };
  await webhook.dataOf(webhook.send('PUT', `/triggers/${ref}/webhooks/security`, security));
  await webhook.send('POST', '/packs', { ref: 'other', label: 'Other', version: '1.0.0' });
  const execution = await execute(await createAction('other'));
  const sets = (await webhook.send('GET', '/permissions/sets')).json<{ ref: string }[]>().map((set) => set.ref);
  const shipped = sets.filter((set) => set.startsWith('core.'));
  const token = await tokenOfExecution(execution, ['standard', ...shipped]);

  const response = await post(token, { trigger_ref: ref, payload: { forged: true } });

  const forbidden = { code: 'FORBIDDEN', details: { reason: 'TRIGGER_NOT_YOURS' } };
  expect(shipped).toContain('core.admin');
  expect([response.statusCode, response.json()]).toMatchObject([403, forbidden]);
  expect(await webhook.itemsOf(`/events?trigger_ref=${ref}`)).toEqual([]);
  expect(await webhook.executions(`rule_ref=${rule.ref}`)).toEqual([]);
});

test('the pack of the task’s action decides, not that of its workflow', async () => {
  const { ref } = await webhook.hook();
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.echo' }] };
  const flow = `demo.flow-${random()}`;
  const workflow = { ref: flow, pack_ref: 'demo', label: 'Flow', version: '1.0.0', definition };
  await webhook.dataOf(webhook.send('POST', '/workflows', workflow));
  const child = await execute('core.echo');
  const link = 'update execution set parent = $2 where id = $1';
  await webhook.api().owner.query(link, [child, await execute(flow)]);

  expect((await post(await tokenOfExecution(child, VIEWER), { trigger_ref: ref })).statusCode).toBe(403);
});

test('the token of an execution that is not known posts no events', async () => {
  const { ref } = await webhook.hook();

  expect((await post(await tokenOfExecution(999_999, VIEWER), { trigger_ref: ref })).statusCode).toBe(403);
});

test('a trigger without a pack is not one of a deleted action', async () => {
  const ref = `loose-${random()}.hook`;
  await webhook.dataOf(webhook.send('POST', '/triggers', { ref, label: 'Loose' }));
  const action = await createAction();
  const execution = await execute(action);
  await webhook.send('DELETE', `/actions/${action}`);

  expect((await post(await tokenOfExecution(execution, VIEWER), { trigger_ref: ref })).statusCode).toBe(403);
});

test('the grant events:create opens the triggers that it covers', async () => {
  const [one, other] = [await webhook.hook(), await webhook.hook()];
  const execution = await execute('core.echo');
  const statuses = async (constraints: object) => {
    const token = await tokenOfExecution(execution, [await createEventsSet(constraints)]);
    const responses = [one, other].map(({ ref }) => post(token, { trigger_ref: ref }));
    return (await Promise.all(responses)).map(({ statusCode }) => statusCode);
  };

  expect(await statuses({})).toEqual([201, 201]);
  expect(await statuses({ pack_refs: ['demo'] })).toEqual([201, 201]);
  expect(await statuses({ refs: [one.ref] })).toEqual([201, 403]);
  expect(await statuses({ pack_refs: ['core'] })).toEqual([403, 403]);
});
