import type { JsonObject } from '../../../contract/json';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();
const { send } = webhook;

const nullFields = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, null]));
const RETENTION = nullFields(
  ...['artifact_retention_policy', 'artifact_retention_limit', 'log_retention_policy', 'log_retention_limit'],
);
const PLACEMENT = nullFields('worker_selector', 'worker_tolerations', 'worker_affinity');
const SCHEMAS = nullFields('param_schema', 'out_schema');

const schema = { word: { type: 'string' } };
const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
const component = (ref: string) => ({ ref: `demo.${ref}`, pack_ref: 'demo', label: 'Full', description: 'Described' });

/** A path, what is created there, and the body of its PUT: each optional field, as null. */
const UPDATES: [path: string, made: JsonObject & { ref: string }, sent: JsonObject][] = [
  [
    'packs',
    {
      ref: 'full',
      label: 'Full',
      version: '1.0.0',
      description: 'Described',
      config: { a: 1 },
      tags: ['t'],
      meta: { m: 1 },
    },
    nullFields(
      ...['label', 'version', 'description', 'conf_schema', 'config', 'meta', 'tags', 'runtime_deps'],
      ...['dependencies', 'is_standard'],
    ),
  ],
  [
    'actions',
    {
      ...component('full-action'),
      entrypoint: 'true',
      runtime_ref: 'core.shell',
      runtime_version_constraint: '>=1',
      accesses_mcp: true,
      param_schema: schema,
      out_schema: schema,
      required_worker_runtimes: { python: '*' },
      worker_selector: { a: 'b' },
      worker_tolerations: [{ key: 'k' }],
      log_retention_policy: 'days',
      log_retention_limit: 3,
      default_execution_permission_set_refs: ['core.viewer'],
    },
    {
      ...nullFields('label', 'description', 'entrypoint', 'runtime', 'runtime_ref', 'runtime_version_constraint'),
      ...nullFields('required_worker_runtimes', 'accesses_mcp', 'default_execution_permission_set_refs'),
      ...SCHEMAS,
      ...PLACEMENT,
      ...RETENTION,
    },
  ],
  [
    'runtimes',
    {
      ref: 'demo.full-runtime',
      pack_ref: 'demo',
      name: 'Full',
      description: 'Described',
      distributions: { linux: true },
      installation: { from: 'x' },
      execution_config: { a: 1 },
    },
    nullFields('name', 'description', 'distributions', 'installation', 'execution_config'),
  ],
  [
    'triggers',
    { ...component('full-trigger'), param_schema: schema, out_schema: schema, enabled: false },
    { ...nullFields('label', 'description', 'enabled'), ...SCHEMAS },
  ],
  [
    'sensors',
    {
      ...component('full-sensor'),
      entrypoint: 'none.sh',
      runtime_ref: 'core.shell',
      trigger_ref: 'core.alert',
      enabled: false,
      param_schema: schema,
      worker_selector: { a: 'b' },
      log_retention_policy: 'days',
      log_retention_limit: 3,
    },
    { ...nullFields('label', 'description', 'entrypoint', 'param_schema', 'enabled'), ...PLACEMENT, ...RETENTION },
  ],
  [
    'rules',
    {
      ...component('full-rule'),
      trigger_ref: 'core.alert',
      action_ref: 'core.echo',
      enabled: false,
      permission_set_refs: [],
      action_params: { message: 'm' },
      conditions: { expression: 'true' },
    },
    nullFields(
      ...['label', 'description', 'trigger_ref', 'action_ref', 'enabled', 'action_params', 'trigger_params'],
      'conditions',
    ),
  ],
  [
    'workflows',
    {
      ...component('full-workflow'),
      version: '1.0.0',
      definition,
      param_schema: schema,
      out_schema: schema,
      tags: ['t'],
    },
    { ...nullFields('label', 'description', 'version', 'definition', 'tags'), ...SCHEMAS },
  ],
  [
    'keys',
    { ref: 'demo.full-key', name: 'full', owner_type: 'system', value: { a: 1 }, encrypted: true },
    nullFields('name', 'encrypted'),
  ],
];

test.each(UPDATES)('PUT /%s: null is the same as absent', async (path, made, sent) => {
  expect((await send('POST', `/${path}`, made)).statusCode).toBe(201);
  const before = await webhook.dataOf<JsonObject>(send('GET', `/${path}/${made.ref}`));

  const answer = await send('PUT', `/${path}/${made.ref}`, sent);

  const changes = { updated: expect.any(String) as string, ...(path === 'keys' && { version: 2 }) };
  expect([answer.statusCode, answer.json()]).toEqual([200, { data: { ...before, ...changes } }]);
});

test('null is accepted on creation except for fields with a default', async () => {
  const action = {
    ...component('null-action'),
    entrypoint: 'true',
    ...RETENTION,
    ...SCHEMAS,
    runtime: null,
    accesses_mcp: null,
  };
  const sensor = {
    ...component('null-sensor'),
    entrypoint: 'none.sh',
    runtime_ref: 'core.shell',
    trigger_ref: 'core.alert',
  };

  expect((await send('POST', '/actions', action)).statusCode).toBe(201);
  expect((await send('POST', '/actions', { ...action, worker_selector: null })).statusCode).toBe(422);
  expect((await send('POST', '/sensors', { ...sensor, enabled: false, ...RETENTION })).statusCode).toBe(201);
  expect((await send('POST', '/sensors', { ...sensor, enabled: null })).statusCode).toBe(422);
  expect(
    (await send('POST', '/packs', { ref: 'null-pack', label: 'x', version: '1.0.0', tags: null })).statusCode,
  ).toBe(422);
});
