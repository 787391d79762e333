import type { JsonObject } from '../../../contract/json';
import { withWebhook } from './with-webhook';

const { send } = withWebhook();

const component = (ref: string) => ({ ref: `demo.${ref}`, pack_ref: 'demo', label: 'Declared' });
const ACTION = { ...component('declaring-action'), entrypoint: 'true', runtime_ref: 'core.shell' };
const TRIGGER = component('declaring-trigger');
const SENSOR = { ...component('declaring-sensor'), entrypoint: 'none.sh', runtime_ref: 'core.shell', enabled: false };
const QUEUE = { ...component('declaring-queue'), dispatch_action_ref: 'core.noop' };
const DEFINITION = { version: '1', tasks: [{ name: 'only', action: 'core.noop' }] };
const WORKFLOW = { ...component('declaring-workflow'), version: '1.0.0', definition: DEFINITION };

/** Of a field of a request, and how its body has a schema there. */
type Row = readonly [string, 'POST' | 'PUT', string, (schema: JsonObject) => JsonObject];

const other = <T extends { readonly ref: string }>(body: T) => ({ ...body, ref: `${body.ref}-2` });
const patch = (field: string) => (value: JsonObject) => ({ [field]: { op: 'set', value } });
const whole = (field: string, rest: JsonObject) => (schema: JsonObject) => ({ ...rest, [field]: schema });

/** Each request that may have a schema. */
const REQUESTS: readonly Row[] = [
  ['param_schema', 'POST', '/actions', whole('param_schema', other(ACTION))],
  ['out_schema', 'POST', '/actions', whole('out_schema', other(ACTION))],
  ['param_schema', 'PUT', `/actions/${ACTION.ref}`, whole('param_schema', {})],
  ['out_schema', 'PUT', `/actions/${ACTION.ref}`, whole('out_schema', {})],
  ['param_schema', 'POST', '/triggers', whole('param_schema', other(TRIGGER))],
  ['out_schema', 'POST', '/triggers', whole('out_schema', other(TRIGGER))],
  ['param_schema', 'PUT', `/triggers/${TRIGGER.ref}`, patch('param_schema')],
  ['out_schema', 'PUT', `/triggers/${TRIGGER.ref}`, patch('out_schema')],
  ['param_schema', 'POST', '/sensors', whole('param_schema', { ...other(SENSOR), trigger_ref: TRIGGER.ref })],
  ['param_schema', 'PUT', `/sensors/${SENSOR.ref}`, patch('param_schema')],
  ['item_schema', 'POST', '/queues', whole('item_schema', other(QUEUE))],
  ['item_schema', 'PUT', `/queues/${QUEUE.ref}`, whole('item_schema', {})],
  ['conf_schema', 'POST', '/packs', whole('conf_schema', { ref: 'declaring', label: 'D', version: '1.0.0' })],
  ['conf_schema', 'PUT', '/packs/demo', whole('conf_schema', {})],
  ['param_schema', 'POST', '/workflows', whole('param_schema', other(WORKFLOW))],
  ['out_schema', 'POST', '/workflows', whole('out_schema', other(WORKFLOW))],
  ['param_schema', 'PUT', `/workflows/${WORKFLOW.ref}`, whole('param_schema', {})],
  ['out_schema', 'PUT', `/workflows/${WORKFLOW.ref}`, whole('out_schema', {})],
];

const SCHEMA = { headers: { type: 'object', additionalProperties: { type: 'string', secret: true } } };

beforeAll(async () => {
  const created = [
    await send('POST', '/actions', ACTION),
    await send('POST', '/triggers', TRIGGER),
    await send('POST', '/sensors', { ...SENSOR, trigger_ref: TRIGGER.ref }),
    await send('POST', '/queues', QUEUE),
    await send('POST', '/workflows', WORKFLOW),
  ];
  expect(created.map(({ statusCode }) => statusCode)).toEqual(created.map(() => 201));
});

test.each(REQUESTS)('a secret that is not read is refused: %s, %s %s', async (field, method, url, body) => {
  const path = `${field}/headers/additionalProperties/secret`;

  const response = await send(method, url, body(SCHEMA));

  expect([response.statusCode, response.json()]).toMatchObject([
    422,
    { code: 'VALIDATION_ERROR', details: { reason: 'SECRET_WITHOUT_EFFECT', path } },
  ]);
});

test.each(REQUESTS)('a name that leads to a prototype is refused: %s, %s %s', async (field, method, url, body) => {
  const response = await send(method, url, body({ constructor: { type: 'string' } }));

  expect([response.statusCode, response.json()]).toMatchObject([
    422,
    { code: 'VALIDATION_ERROR', details: { reason: 'KEY_FORBIDDEN', path: `${field}/constructor` } },
  ]);
});

const ENDLESS = { type: 'object', $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } } };
const WITHOUT_END = { code: 'VALIDATION_ERROR', details: { reason: 'SCHEMA_LIMIT' } };

test.each(REQUESTS)('IN-07 a schema without an end is refused: %s, %s %s', async (field, method, url, body) => {
  const response = await send(method, url, body(ENDLESS));

  expect([response.statusCode, response.json()]).toMatchObject([
    422,
    { ...WITHOUT_END, details: { reason: 'SCHEMA_LIMIT', path: `${field}/$defs/a` } },
  ]);
});

test('IN-07 a definition or revision with such a schema is not stored', async () => {
  const definition = { ...DEFINITION, parameters: ENDLESS };
  const revisions = `/workflows/${WORKFLOW.ref}/revisions`;

  const refused = [
    await send('POST', '/workflows', { ...other(WORKFLOW), definition }),
    await send('PUT', `/workflows/${WORKFLOW.ref}`, { definition }),
    await send('POST', revisions, { definition: DEFINITION, param_schema: ENDLESS }),
    await send('POST', '/packs/demo/workflow-files', {
      ...other(WORKFLOW),
      name: 'w',
      definition: {},
      out_schema: ENDLESS,
    }),
  ];

  expect(refused.map((response) => response.json<JsonObject>())).toMatchObject(refused.map(() => WITHOUT_END));
  expect(refused[0]!.json()).toMatchObject({ details: { path: 'definition/parameters/$defs/a' } });
  expect((await send('GET', `/workflows/${WORKFLOW.ref}-2`)).statusCode).toBe(404);
  expect((await send('GET', revisions)).json<{ items: unknown[] }>().items).toHaveLength(1);
});

test('IN-07 a tree is stored, and its values are validated', async () => {
  const tree = { type: 'object', properties: { left: { $ref: '#/$defs/tree' }, size: { type: 'integer' } } };
  const item_schema = { type: 'object', $defs: { tree }, properties: { root: { $ref: '#/$defs/tree' } } };
  await send('POST', '/queues', { ref: 'trees', label: 'Trees', dispatch_action_ref: 'core.noop', item_schema });
  const add = async (payload: JsonObject) => (await send('POST', '/queues/trees/items', { payload })).statusCode;

  expect(await add({ root: { left: { left: { size: 1 } } } })).toBe(201);
  expect(await add({ root: { left: { left: { size: 'x' } } } })).toBe(422);
});

test('the parameters of a definition are refused as well', async () => {
  const definition = { ...DEFINITION, parameters: SCHEMA };

  const response = await send('POST', '/workflows', { ...other(WORKFLOW), definition });

  const path = '/parameters/headers/additionalProperties/secret';
  expect([response.statusCode, response.json<{ error: string }>().error]).toEqual([
    400,
    expect.stringContaining(`${path} has no effect here`),
  ]);
});
