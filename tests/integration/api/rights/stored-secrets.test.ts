import { REDACTED, type Json, type JsonObject } from '../../../../contract/json';
import type { Action } from '../../../../contract/actions';
import type { Event } from '../../../../contract/events';
import type { Execution } from '../../../../contract/executions';
import type { Inquiry } from '../../../../contract/inquiries';
import type { Pack } from '../../../../contract/packs';
import type { QueueItem } from '../../../../contract/queues';
import type { Sensor } from '../../../../contract/sensors';
import type { Trigger } from '../../../../contract/triggers';
import type { RevisionDetails, Workflow } from '../../../../contract/workflows';
import { signSensorToken } from '../../../../platform/auth/tokens';
import { SECRET as TOKEN_SECRET } from '../with-api';
import { withWebhook } from '../with-webhook';

jest.setTimeout(180_000); // every GET route, with every ref and id

const platform = withWebhook();
const { send, dataOf } = platform;

/** In every value that a schema declares secret, and nowhere else. */
const VALUE = 'hunter2-4f1c9';
const SECRET = { type: 'string', secret: true };
const WITH_DEFAULT = { ...SECRET, default: VALUE };
const PINS = { type: 'array', items: { type: 'object', properties: { name: {}, pin: SECRET } } };
const SCHEMA = { user: { type: 'string' }, password: WITH_DEFAULT, pins: PINS };
const SHOWN_SCHEMA = { ...SCHEMA, password: { ...SECRET, default: REDACTED } };
const VALUES = { user: 'me', password: VALUE, pins: [{ name: 'a', pin: VALUE }] };
const SHOWN_VALUES = { user: 'me', password: REDACTED, pins: [{ name: 'a', pin: REDACTED }] };

const inPack = { pack_ref: 'demo', label: 'L' };
const put = <T>(path: string, change: object) => dataOf<T>(send('PUT', path, change));
const stored = async (column: string, table: string, ref: string): Promise<Json> => {
  const { rows } = await platform
    .api()
    .owner.query<{ value: Json }>(`select ${column}::jsonb as value from ${table} where ref = $1`, [ref]);
  return rows[0]!.value;
};
const action = (name: string, param_schema: JsonObject) =>
  dataOf<Action>(
    send('POST', '/actions', {
      ref: `demo.${name}`,
      ...inPack,
      entrypoint: 'true',
      runtime_ref: 'core.shell',
      param_schema,
      out_schema: { token: WITH_DEFAULT },
    }),
  );

const definitionOf = (values: object, token: Json, action_ref = 'demo.login'): JsonObject => ({
  parameters: { token: { ...SECRET, default: token } },
  tasks: [
    { name: 'plain', action: action_ref, input: values as JsonObject },
    { name: 'all', type: 'parallel', tasks: [{ name: 'sub', action: 'demo.login', input: values as JsonObject }] },
  ],
  output_map: { token, name: 'n' },
});
const DEFINITION = definitionOf(VALUES, VALUE);
const SHOWN_DEFINITION = definitionOf(SHOWN_VALUES, REDACTED);
const OUT_SCHEMA = { token: SECRET };

beforeAll(async () => {
  await action('login', SCHEMA);
  await action('open', { user: {}, password: { type: 'string' }, pins: { type: 'array' } });
});

test('defaults of an action are kept, and not shown', async () => {
  const shown = { param_schema: SHOWN_SCHEMA, out_schema: { token: { ...SECRET, default: REDACTED } } };
  const { ref } = await action('defaults', SCHEMA);

  const read = await dataOf<Action>(send('GET', `/actions/${ref}`));
  const changed = await put<Action>(`/actions/${ref}`, { label: 'N', param_schema: read.param_schema });

  expect([read, changed]).toMatchObject([shown, shown]);
  expect(await stored('param_schema', 'action', ref)).toEqual(SCHEMA);
  const open = { ...SHOWN_SCHEMA, password: { type: 'string', default: REDACTED } };
  expect((await send('PUT', `/actions/${ref}`, { param_schema: open })).json()).toMatchObject({
    error: 'param_schema/password/default is a stored secret, and would not be one any more: give it again',
  });
});

test('defaults of triggers and sensors are kept, and not shown', async () => {
  const set = (value: Json) => ({ op: 'set', value });
  const trigger = await dataOf<Trigger>(
    send('POST', '/triggers', { ref: 'demo.defaults', ...inPack, param_schema: SCHEMA, out_schema: SCHEMA }),
  );
  const sensor = await dataOf<Sensor>(
    send('POST', '/sensors', {
      ref: 'demo.defaults',
      ...inPack,
      entrypoint: 'true',
      runtime_ref: 'core.shell',
      trigger_ref: trigger.ref,
      param_schema: SCHEMA,
      enabled: false,
    }),
  );
  const changes = [
    await put<Trigger>(`/triggers/${trigger.ref}`, { param_schema: set(trigger.param_schema) }),
    await put<Sensor>(`/sensors/${sensor.ref}`, { param_schema: set(sensor.param_schema) }),
  ];

  for (const { param_schema } of [trigger, sensor, ...changes]) expect(param_schema).toEqual(SHOWN_SCHEMA);
  expect(trigger.out_schema).toEqual(SHOWN_SCHEMA);
  expect(await stored('param_schema', 'trigger', trigger.ref)).toEqual(SCHEMA);
  expect(await stored('param_schema', 'sensor', sensor.ref)).toEqual(SCHEMA);
});

test('the configuration of a pack is kept, and not shown', async () => {
  const body = { ref: 'configured', label: 'C', version: '1.0.0', conf_schema: SCHEMA, config: VALUES };
  const shown = { conf_schema: SHOWN_SCHEMA, config: SHOWN_VALUES };

  const pack = await dataOf<Pack>(send('POST', '/packs', body));
  const changed = await put<Pack>('/packs/configured', { config: pack.config, conf_schema: pack.conf_schema });

  expect([pack, changed]).toMatchObject([shown, shown]);
  expect(await stored('config', 'pack', 'configured')).toEqual(VALUES);
  expect((await send('PUT', '/packs/configured', { conf_schema: {} })).statusCode).toBe(422);
});

test('secrets in a definition are kept, and not shown', async () => {
  const ref = 'demo.flow';
  const body = { ref, ...inPack, version: '1.0.0', definition: DEFINITION, out_schema: OUT_SCHEMA };
  const workflow = await dataOf<Workflow>(send('POST', '/workflows', body));
  const read = await dataOf<Workflow>(send('GET', `/workflows/${ref}`));
  const changed = await put<Workflow>(`/workflows/${ref}`, { definition: read.definition });
  const draft = await dataOf<RevisionDetails>(
    send('POST', `/workflows/${ref}/revisions`, { definition: read.definition }),
  );
  const compiled = await dataOf<RevisionDetails>(send('POST', `/workflows/${ref}/revisions/${draft.revision}/compile`));

  for (const { definition } of [workflow, read, changed, draft, compiled])
    expect(definition).toMatchObject(SHOWN_DEFINITION);
  expect(await stored('definition', 'workflow_definition', ref)).toMatchObject(DEFINITION);

  const moved = definitionOf(SHOWN_VALUES, REDACTED, 'demo.open');
  for (const path of [`/workflows/${ref}`, `/workflows/${ref}/revisions`]) {
    const response = await send(path.endsWith('revisions') ? 'POST' : 'PUT', path, { definition: moved });
    expect([response.statusCode, response.json<{ error: string }>().error]).toEqual([
      422,
      'definition/tasks/0/input/password is a stored secret, and would not be one any more: give it again',
    ]);
  }
  expect((await send('PUT', `/workflows/${ref}`, { out_schema: {} })).statusCode).toBe(422);
});

test('a definition that declares its output itself hides it', async () => {
  const ref = 'demo.own-output';
  const definition = { ...DEFINITION, output: OUT_SCHEMA };
  const created = await dataOf<Workflow>(send('POST', '/workflows', { ref, ...inPack, version: '1.0.0', definition }));
  const read = await dataOf<Workflow>(send('GET', `/workflows/${ref}`));

  for (const shown of [created, read])
    expect(shown.definition).toMatchObject({ output_map: { token: REDACTED, name: 'n' } });
  expect(await stored('definition', 'workflow_definition', ref)).toMatchObject({ output_map: { token: VALUE } });
});

test('the configuration of an event is shown as its trigger declares it', async () => {
  const hook = await platform.hook();
  await put(`/triggers/${hook.ref}`, { param_schema: { op: 'set', value: SCHEMA } });
  const subject = { identity: 1, tenant: 1, sensorRef: 'demo.watch', triggerTypes: [hook.ref] };
  const token = await signSensorToken(TOKEN_SECRET, subject);

  const created = await dataOf<Event>(send('POST', '/events', { trigger_ref: hook.ref, config: VALUES }, token));

  const listed = await platform.itemsOf<Event>(`/events?trigger_ref=${hook.ref}`);
  expect([created.config, (await platform.event(created.id)).config]).toEqual([SHOWN_VALUES, SHOWN_VALUES]);
  expect(JSON.stringify(listed)).not.toContain(VALUE);
  const { rows } = await platform.api().owner.query('select config from event where id = $1', [created.id]);
  expect(rows).toEqual([{ config: VALUES }]);
});

test('what a trigger declares secret is shown in no event or enforcement', async () => {
  const hook = await platform.hook();
  await put(`/triggers/${hook.ref}`, { out_schema: { op: 'set', value: SCHEMA } });
  const action_params = { password: '{{ event.payload.password }}' };
  await platform.rule(hook.ref, { action_ref: 'demo.login', action_params });

  const event = await platform.event(await platform.fire(hook.webhook_key, VALUES));
  const [enforcement] = await platform.enforcements(event.id);

  expect(event.payload).toMatchObject(SHOWN_VALUES);
  expect(await dataOf(send('GET', `/enforcements/${enforcement!.id}`))).toMatchObject({
    payload: SHOWN_VALUES,
    config: { password: REDACTED },
  });
});

test('a decision on criteria that have a fault shows no secret', async () => {
  const hook = await platform.hook();
  await put(`/triggers/${hook.ref}`, { out_schema: { op: 'set', value: SCHEMA } });
  const expression = 'match(event.payload.password, event.payload.user)';
  await platform.rule(hook.ref, { action_ref: 'core.noop', conditions: { expression } });

  const event = await platform.fire(hook.webhook_key, { user: 'me', password: `(${VALUE}` });
  const decisions = await dataOf(send('GET', `/events/${event}/decisions`));

  const message = expect.stringContaining('Regex error: the pattern is not one of RE2') as string;
  expect(decisions).toMatchObject([{ matched: false, code: 'CRITERIA_INVALID', message }]);
  expect(JSON.stringify(decisions)).not.toContain(VALUE);
});

test('the history of a rule shows no secret', async () => {
  const { ref: trigger_ref } = await dataOf<Trigger>(
    send('POST', '/triggers', { ref: 'demo.sealed', ...inPack, param_schema: SCHEMA }),
  );
  const rule = { ref: 'demo.kept', ...inPack, trigger_ref, action_ref: 'demo.login' };
  await dataOf(send('POST', '/rules', { ...rule, action_params: VALUES, trigger_params: VALUES }));
  await put('/rules/demo.kept', { trigger_params: { user: 'you', password: `${VALUE}, again` } });

  const { rows } = await platform
    .api()
    .owner.query<{ changed_fields: string[] }>(
      "select changed_fields, old_values, new_values from rule_history where entity_ref = 'demo.kept' order by id",
    );

  expect(JSON.stringify(rows)).not.toContain(VALUE);
  expect(rows.at(-1)!.changed_fields).toContain('trigger_params');
});

test('a queue shows no secret of its items', async () => {
  const queue = { ref: 'items', label: 'Q', dispatch_action_ref: 'demo.login', item_schema: SCHEMA, enabled: false };
  await dataOf(send('POST', '/queues', queue));

  const item = await dataOf<QueueItem>(send('POST', '/queues/items/items', { payload: VALUES }));
  const changed = await put<QueueItem>(`/queues/items/items/${item.id}`, { payload: item.payload });

  expect([item.payload, changed.payload]).toEqual([SHOWN_VALUES, SHOWN_VALUES]);
  const { rows } = await platform.api().owner.query('select payload from work_queue_item where id = $1', [item.id]);
  expect(rows).toEqual([{ payload: VALUES }]);
});

test('an execution and its inquiry show no secret', async () => {
  const execution = await dataOf<Execution>(
    send('POST', '/executions/execute', { action_ref: 'demo.login', parameters: VALUES }),
  );
  const inquiry = await dataOf<Inquiry>(
    send('POST', '/inquiries', { execution: execution.id, prompt: 'Pin?', response_schema: SCHEMA }),
  );
  const responded = await dataOf<Inquiry>(send('POST', `/inquiries/${inquiry.id}/respond`, { response: VALUES }));

  expect(execution.config).toEqual(SHOWN_VALUES);
  expect(responded).toMatchObject({ response_schema: SHOWN_SCHEMA, response: SHOWN_VALUES });
});

test('no GET route shows a stored secret', async () => {
  const spec = await platform.api().send({ url: '/api-spec/openapi.json' });
  const { paths } = spec.json<{ paths: Record<string, { get?: { responses?: object } }> }>();
  const refs = ['demo', 'configured', 'items', 'demo.login', 'demo.defaults', 'demo.flow'];
  const numbers = ['1', '2', '3', '4', '5', '6', '7', '8'];
  const values: Record<string, string[]> = { ref: refs, entity: ['execution', 'worker'] };
  const valuesOf = (name: string) => values[name] ?? numbers;
  const expand = (path: string): string[] => {
    const [placeholder, name] = /\{(\w+)\}/.exec(path) ?? [];
    if (placeholder === undefined) return [path];
    return valuesOf(name!).flatMap((value) => expand(path.replace(placeholder, value)));
  };
  const urls = Object.entries(paths).flatMap(([path, { get }]) =>
    get && !JSON.stringify(get).includes('event-stream') && !path.endsWith('/logout') ? expand(path) : [],
  );
  const token = await platform.api().logIn();
  const shown: string[] = [];
  const answered: string[] = [];

  for (const url of urls) {
    const response = await platform.api().send({ url }, token);
    if (response.statusCode === 200) answered.push(url);
    if (response.body.includes(VALUE)) shown.push(url);
  }

  expect(shown).toEqual([]);
  expect(answered).toEqual(
    expect.arrayContaining(
      ['/workflows/demo.flow/revisions/1/explanation', '/packs/configured', '/actions', '/history/execution'].map(
        (path) => `/api/v1${path}`,
      ),
    ),
  );
});
