import pino from 'pino';
import { REDACTED } from '../../../contract/json';
import type { Queue } from '../../../contract/queues';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { withQueueApi } from './with-queue';

const api = withQueueApi();
const item_schema = { type: 'object', properties: { token: { type: 'string', secret: true }, name: {} } };
const action = (ref: string, param_schema: object) =>
  api.send('POST', '/actions', {
    ref,
    pack_ref: 'demo',
    label: ref,
    entrypoint: 'true',
    runtime_ref: 'core.shell',
    param_schema,
  });
beforeAll(async () => {
  await action('demo.plain', { token: { type: 'string' }, items: { type: 'array' }, text: { type: 'string' } });
  await action('demo.secret', { token: { type: 'string', secret: true }, name: { type: 'string' } });
});
let count = 0;
const create = (given: object) =>
  api.send('POST', '/queues', { ref: `q-item-${++count}`, label: 'Q', item_schema, ...given });

test.each([
  ['the item itself', {}],
  ['all items', { batch_mode: 'batch' }],
  ['a text as the item', { item_schema: { type: 'string', secret: true } }],
  ['a member', { action_params: { text: '{{ item.token }}' } }],
  ['a text around it', { action_params: { text: 'Bearer {{ item.token | upper }}' } }],
  ['the row of the item', { action_params: { text: '{{ queue_item.payload.token }}' } }],
  ['a list of them', { batch_mode: 'batch', action_params: { text: '{{ items[0].token }}' } }],
])('a secret of an item gets into no plain parameter by %s', async (_, given) => {
  const refused = create({ dispatch_action_ref: 'demo.plain', ...given });

  expect(await api.codeOf(refused)).toEqual([422, 'VALIDATION_ERROR']);
});

test('lists of secrets may get into the same lists', async () => {
  const pins = { type: 'array', items: { type: 'object', properties: { pin: { type: 'string', secret: true } } } };
  await action('demo.pins', { pins });
  await action('demo.batch', { items: { type: 'array', items: { type: 'object', properties: { pins } } } });
  const given = { item_schema: { pins } };

  const single = await create({ ...given, dispatch_action_ref: 'demo.pins' });
  const batch = await create({ ...given, dispatch_action_ref: 'demo.batch', batch_mode: 'batch' });
  const refused = create({ ...given, dispatch_action_ref: 'demo.plain' });

  expect([single.statusCode, batch.statusCode]).toEqual([201, 201]);
  expect(await api.codeOf(refused)).toEqual([422, 'VALIDATION_ERROR']);
});

test('it may get into a secret parameter, and its other members anywhere', async () => {
  const whole = await create({ dispatch_action_ref: 'demo.secret' });
  const named = { dispatch_action_ref: 'demo.plain', action_params: { text: '{{ item.name }}' } };

  expect([whole.statusCode, (await create(named)).statusCode]).toEqual([201, 201]);
});

test('it may get into what only the definition of a workflow declares secret', async () => {
  const definition = {
    version: '1.0.0',
    parameters: { token: { type: 'string', secret: true } },
    tasks: [{ name: 'one', action: 'core.noop' }],
  };
  await api.send('POST', '/workflows', {
    ref: 'demo.sealed',
    pack_ref: 'demo',
    label: 'W',
    version: '1.0.0',
    definition,
  });
  const given = { dispatch_action_ref: 'demo.sealed', action_params: { token: '{{ item.token }}' } };

  const created = await create(given);
  const { ref } = created.json<{ data: Queue }>().data;
  const changed = await api.send('PUT', `/queues/${ref}`, { action_params: given.action_params });

  expect([created.statusCode, changed.statusCode]).toEqual([201, 200]);
});

test('it is found where a change declares it; the flags can change anyway', async () => {
  const created = await create({ dispatch_action_ref: 'demo.plain', item_schema: {} });
  const { ref } = created.json<{ data: Queue }>().data;
  const put = (change: object) => api.send('PUT', `/queues/${ref}`, change);

  expect(await api.codeOf(put({ item_schema }))).toEqual([422, 'VALIDATION_ERROR']);
  await api.api().owner.query('update work_queue set item_schema = $1 where ref = $2', [item_schema, ref]);
  expect(await api.codeOf(put({ batch_mode: 'batch' }))).toEqual([422, 'VALIDATION_ERROR']);
  expect((await put({ enabled: false })).statusCode).toBe(200);
});

test('nothing is started where it was declared after the save', async () => {
  const created = await create({ dispatch_action_ref: 'demo.plain', item_schema: {} });
  const { ref } = created.json<{ data: Queue }>().data;
  await api.send('POST', `/queues/${ref}/items`, { payload: { token: 'hunter2' } });
  await api.api().owner.query('update work_queue set item_schema = $1 where ref = $2', [item_schema, ref]);

  await dispatchQueues(api.api().db, pino({ level: 'error' }));

  expect(await api.items(ref)).toMatchObject([{ status: 'queued', attempt_count: 0, payload: { token: REDACTED } }]);
});

test('a queue hides the secrets of an action that was created again', async () => {
  await action('demo.again', { text: { type: 'string' } });
  const created = await create({ dispatch_action_ref: 'demo.again', action_params: { text: 'hunter2' } });
  const { ref } = created.json<{ data: Queue }>().data;

  await api.send('DELETE', '/actions/demo.again');
  await action('demo.again', { text: { type: 'string', secret: true } });

  const shown = await api.send('GET', `/queues/${ref}`);
  expect(shown.json<{ data: Queue }>().data.action_params).toEqual({ text: REDACTED });
});
