import type { Event } from '../../../contract/events';
import { mintSensorToken, signToken } from '../../../platform/api/tokens';
import { withHook } from '../api/hook-stage';
import { SECRET } from '../api/stage';

const hook = withHook();

const sensorToken = (triggerTypes: readonly string[], tenant = 1) =>
  mintSensorToken(SECRET, { identity: 1, tenant, sensorRef: 'demo.watch', triggerTypes });
const post = (token: string, body: object) =>
  hook.stage().send({ method: 'POST', url: '/api/v1/events', payload: body }, token);
const eventIn = async (sent: ReturnType<typeof post>) => (await sent).json<{ data: Event }>().data;
const executionToken = () =>
  signToken(SECRET, {
    ...{ identity: 1, tenant: 1, login: 'execution:9999', tokenType: 'execution', seconds: 60 },
    metadata: { execution_id: 9_999, permission_set_refs: [] },
  });

test('a sensor’s event fires every rule of its trigger and says where it came from', async () => {
  const { ref } = await hook.hook();
  const rule = await hook.rule(ref, { action_params: { message: '{{ event.payload.n }}' } });

  const answer = await post(await sensorToken([ref]), { trigger_ref: ref, payload: { n: 7 }, config: { by: 'me' } });

  expect([answer.statusCode, answer.json<{ data: Event }>().data]).toMatchObject([
    201,
    { trigger_ref: ref, payload: { n: 7 }, config: { by: 'me' }, source: null, source_ref: 'demo.watch', rule: null },
  ]);
  const { id } = answer.json<{ data: Event }>().data;
  expect(await hook.enforcements(id)).toMatchObject([{ rule: rule.id, status: 'processed' }]);
});

test('trigger_type is another name of the trigger, and neither is a body of the wrong shape', async () => {
  const { ref } = await hook.hook();

  expect(await eventIn(post(await sensorToken([ref]), { trigger_type: ref }))).toMatchObject({ trigger_ref: ref });
  expect((await post(await sensorToken([ref]), { payload: {} })).statusCode).toBe(422);
});

test('a person posts no events', async () => {
  const { ref } = await hook.hook();

  const answer = await hook.send('POST', '/events', { trigger_ref: ref });

  expect([answer.statusCode, answer.json()]).toMatchObject([403, { code: 'FORBIDDEN' }]);
});

test('a sensor brings events of its own triggers only, known or not', async () => {
  const [mine, other] = [await hook.hook(), await hook.hook()];
  const token = await sensorToken([mine.ref]);

  const refused = await Promise.all([other.ref, 'no.where'].map((ref) => post(token, { trigger_ref: ref })));

  expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403]);
  expect((await post(await sensorToken(['no.where']), { trigger_ref: 'no.where' })).statusCode).toBe(404);
  expect(await hook.itemsOf(`/events?trigger_ref=${other.ref}`)).toEqual([]);
});

test('an event for one rule fires that rule alone', async () => {
  const { ref } = await hook.hook();
  const [wanted] = [await hook.rule(ref), await hook.rule(ref)];
  const token = await sensorToken([ref]);

  const bound = await eventIn(post(token, { trigger_ref: ref, trigger_instance_id: `rule_${wanted.id}` }));
  const free = await eventIn(post(token, { trigger_ref: ref, trigger_instance_id: 'something' }));

  expect([bound.rule, bound.rule_ref, free.rule]).toEqual([wanted.id, wanted.ref, null]);
  expect((await hook.enforcements(bound.id)).map(({ rule }) => rule)).toEqual([wanted.id]);
  expect(await hook.enforcements(free.id)).toHaveLength(2);
});

test('an event for a rule that is gone, or is another trigger’s, fires nothing', async () => {
  const [{ ref }, other] = [await hook.hook(), await hook.hook()];
  await hook.rule(ref);
  const [gone, foreign] = [await hook.rule(ref), await hook.rule(other.ref)];
  await hook.send('DELETE', `/rules/${gone.ref}`);
  const token = await sensorToken([ref]);

  for (const { id } of [gone, foreign]) {
    const event = await eventIn(post(token, { trigger_ref: ref, trigger_instance_id: `rule_${id}` }));
    expect([event.rule, await hook.enforcements(event.id)]).toEqual([null, []]);
  }
});

test('a disabled trigger takes nothing in', async () => {
  const { ref } = await hook.hook();
  await hook.send('POST', `/triggers/${ref}/disable`);

  const answer = await post(await sensorToken([ref]), { trigger_ref: ref });

  expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
  expect(await hook.itemsOf(`/events?trigger_ref=${ref}`)).toEqual([]);
});

test('a running action posts events too, and its triggers are not limited', async () => {
  const { ref } = await hook.hook();

  expect(await eventIn(post(await executionToken(), { trigger_ref: ref, payload: null }))).toMatchObject({
    ...{ source: null, source_ref: 'execution:9999', payload: null },
  });
});
