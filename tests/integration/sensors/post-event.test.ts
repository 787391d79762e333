import type { Event } from '../../../contract/events';
import { signSensorToken, signToken } from '../../../platform/auth/tokens';
import { withWebhook } from '../api/with-webhook';
import { SECRET } from '../api/with-api';

const webhook = withWebhook();

const sensorToken = (triggerTypes: readonly string[], tenant = 1) =>
  signSensorToken(SECRET, { identity: 1, tenant, sensorRef: 'demo.watch', triggerTypes });
const post = (token: string, body: object) =>
  webhook.api().send({ method: 'POST', url: '/api/v1/events', payload: body }, token);
const eventIn = async (pending: ReturnType<typeof post>) => (await pending).json<{ data: Event }>().data;
const executionToken = () =>
  signToken(SECRET, {
    ...{ identity: 1, tenant: 1, login: 'execution:9999', tokenType: 'execution', seconds: 60 },
    metadata: { execution_id: 9_999, permission_set_refs: [] },
  });

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

  expect([response.statusCode, response.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
  expect(await webhook.itemsOf(`/events?trigger_ref=${ref}`)).toEqual([]);
});

test('a running action can post events of any trigger', async () => {
  const { ref } = await webhook.hook();

  expect(await eventIn(post(await executionToken(), { trigger_ref: ref, payload: null }))).toMatchObject({
    ...{ source: null, source_ref: 'execution:9999', payload: null },
  });
});
