import type { JsonObject } from '../../../contract/json';
import { withHook } from './hook-stage';

const hook = withHook();
const { send } = hook;

const nulls = (...names: string[]): JsonObject => Object.fromEntries(names.map((name) => [name, null]));
const RETENTION = nulls(
  ...['artifact_retention_policy', 'artifact_retention_limit', 'log_retention_policy', 'log_retention_limit'],
);
const PLACEMENT = nulls('worker_selector', 'worker_tolerations', 'worker_affinity');
const SCHEMAS = nulls('param_schema', 'out_schema');

const schema = { word: { type: 'string' } };
const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
const of = (ref: string) => ({ ref: `demo.${ref}`, pack_ref: 'demo', label: 'Full', description: 'Told' });

/** A path, what is made there, and what its PUT is sent: each field that may be left out, as null. */
const CHANGES: [path: string, made: JsonObject & { ref: string }, sent: JsonObject][] = [
  [
    'packs',
    {
      ref: 'full',
      label: 'Full',
      version: '1.0.0',
      description: 'Told',
      config: { a: 1 },
      tags: ['t'],
      meta: { m: 1 },
    },
    nulls(
      ...['label', 'version', 'description', 'conf_schema', 'config', 'meta', 'tags', 'runtime_deps'],
      ...['dependencies', 'is_standard'],
    ),
  ],
  [
    'actions',
    {
      ...of('full-action'),
      ...{ entrypoint: 'true', runtime_ref: 'core.shell', runtime_version_constraint: '>=1', accesses_mcp: true },
      ...{ param_schema: schema, out_schema: schema, required_worker_runtimes: { python: '*' } },
      ...{ worker_selector: { a: 'b' }, worker_tolerations: [{ key: 'k' }], log_retention_policy: 'days' },
      ...{ log_retention_limit: 3, default_execution_permission_set_refs: ['core.viewer'] },
    },
    {
      ...nulls('label', 'description', 'entrypoint', 'runtime', 'runtime_ref', 'runtime_version_constraint'),
      ...nulls('required_worker_runtimes', 'accesses_mcp', 'default_execution_permission_set_refs'),
      ...{ ...SCHEMAS, ...PLACEMENT, ...RETENTION },
    },
  ],
  [
    'runtimes',
    {
      ...{ ref: 'demo.full-runtime', pack_ref: 'demo', name: 'Full', description: 'Told' },
      ...{ distributions: { linux: true }, installation: { from: 'x' }, execution_config: { a: 1 } },
    },
    nulls('name', 'description', 'distributions', 'installation', 'execution_config'),
  ],
  [
    'triggers',
    { ...of('full-trigger'), param_schema: schema, out_schema: schema, enabled: false },
    { ...nulls('label', 'description', 'enabled'), ...SCHEMAS },
  ],
  [
    'sensors',
    {
      ...of('full-sensor'),
      ...{ entrypoint: 'none.sh', runtime_ref: 'core.shell', trigger_ref: 'core.alert', enabled: false },
      ...{ param_schema: schema, worker_selector: { a: 'b' }, log_retention_policy: 'days', log_retention_limit: 3 },
    },
    { ...nulls('label', 'description', 'entrypoint', 'param_schema', 'enabled'), ...PLACEMENT, ...RETENTION },
  ],
  [
    'rules',
    {
      ...of('full-rule'),
      ...{ trigger_ref: 'core.alert', action_ref: 'core.echo', enabled: false, permission_set_refs: [] },
      ...{ action_params: { message: 'm' }, conditions: { expression: 'true' } },
    },
    nulls(
      ...['label', 'description', 'trigger_ref', 'action_ref', 'enabled', 'action_params', 'trigger_params'],
      'conditions',
    ),
  ],
  [
    'workflows',
    { ...of('full-workflow'), version: '1.0.0', definition, param_schema: schema, out_schema: schema, tags: ['t'] },
    { ...nulls('label', 'description', 'version', 'definition', 'tags'), ...SCHEMAS },
  ],
  [
    'keys',
    { ref: 'demo.full-key', name: 'full', owner_type: 'system', value: { a: 1 }, encrypted: true },
    nulls('name', 'encrypted'),
  ],
];

test.each(CHANGES)('PUT /%s: null is the same as absent', async (path, made, sent) => {
  expect((await send('POST', `/${path}`, made)).statusCode).toBe(201);
  const before = await hook.dataOf<JsonObject>(send('GET', `/${path}/${made.ref}`));

  const answer = await send('PUT', `/${path}/${made.ref}`, sent);

  const changes = { updated: expect.any(String) as string, ...(path === 'keys' && { version: 2 }) };
  expect([answer.statusCode, answer.json()]).toEqual([200, { data: { ...before, ...changes } }]);
});

test('what is made takes null for what it may leave out, and refuses it where there is a default', async () => {
  const action = {
    ...of('null-action'),
    entrypoint: 'true',
    ...RETENTION,
    ...SCHEMAS,
    runtime: null,
    accesses_mcp: null,
  };
  const sensor = { ...of('null-sensor'), entrypoint: 'none.sh', runtime_ref: 'core.shell', trigger_ref: 'core.alert' };

  expect((await send('POST', '/actions', action)).statusCode).toBe(201);
  expect((await send('POST', '/actions', { ...action, worker_selector: null })).statusCode).toBe(422);
  expect((await send('POST', '/sensors', { ...sensor, enabled: false, ...RETENTION })).statusCode).toBe(201);
  expect((await send('POST', '/sensors', { ...sensor, enabled: null })).statusCode).toBe(422);
  expect(
    (await send('POST', '/packs', { ref: 'null-pack', label: 'x', version: '1.0.0', tags: null })).statusCode,
  ).toBe(422);
});
