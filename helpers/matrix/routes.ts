import { randomName } from '../names';
import { MAKERS, makeIdentity, type Thing, type World } from './world';

/** Kinds of tokens that a route lets in. */
export type Kind = 'access' | 'execution' | 'worker' | 'sensor';

/** What is known of a route besides the route: whom it lets in, and one call of it that succeeds. */
export interface Row {
  /** The right it asks for; null: none; `public`: not even a token. */
  readonly grant: string | null;
  /** How the lack of it shows. */
  readonly lack?: 403 | 404 | 'filtered';
  /** The right without which the thing is not there at all, and the one asked for is not spoken of. */
  readonly sees?: string;
  readonly kinds?: readonly Kind[];
  /** What `{ref}`, `{id}` or `{slug}` names. */
  readonly path?: Thing;
  /** The call takes it away: each gets one of its own. */
  readonly fresh?: true;
  /** Calls of it are made one after the other: they rewrite one thing as a whole. */
  readonly alone?: true;
  readonly body?: (own: World) => object | Promise<object>;
  /** Names in the body: which things they are of, and what must stand beside them; null: they are looked up nowhere. */
  readonly names?: Readonly<Record<string, Thing | { readonly thing: Thing; readonly beside: object } | null>>;
  readonly query?: Readonly<Record<string, string | number>>;
  /** What the call answers who may make it. */
  readonly ok: number;
  /** What it answers the admin of another tenant, where that is not 404: it says nothing that depends on the thing. */
  readonly foreign?: number;
  /** What it answers to a kind of token that is let in and told something else. */
  readonly by?: Partial<Record<Kind, number>>;
}

const ACCESS_ONLY = ['access'] as const;
const ALL_KINDS = ['access', 'execution', 'worker', 'sensor'] as const;

const anybody = (ok: number, more: Partial<Row> = {}): Row => ({ grant: 'public', ok, ...more });
const read = (grant: string | null, path?: Thing, more: Partial<Row> = {}): Row => ({
  grant,
  ok: 200,
  ...(path !== undefined && { path }),
  ...more,
});
const create = (grant: string | null, body: Row['body'], names: Row['names'] = {}, more: Partial<Row> = {}): Row => ({
  grant,
  ok: 201,
  names,
  ...(body && { body }),
  ...more,
});
const change = (grant: string | null, path: Thing, body?: object, more: Partial<Row> = {}): Row => ({
  grant,
  path,
  ok: 200,
  ...(body && { body: () => body }),
  ...more,
});
const remove = (grant: string, path: Thing, more: Partial<Row> = {}): Row => ({
  grant,
  path,
  fresh: true,
  ok: 200,
  ...more,
});

const anew = () => randomName(10);
const label = { label: 'as it was' };
const OWNERS = {
  owner_identity: { thing: 'identity', beside: { owner_type: 'identity' } },
  owner_pack: { thing: 'packId', beside: { owner_type: 'pack' } },
  owner_pack_ref: { thing: 'pack', beside: { owner_type: 'pack' } },
  owner_action: { thing: 'actionId', beside: { owner_type: 'action' } },
  owner_action_ref: { thing: 'action', beside: { owner_type: 'action' } },
  owner_sensor: { thing: 'sensorId', beside: { owner_type: 'sensor' } },
  owner_sensor_ref: { thing: 'sensor', beside: { owner_type: 'sensor' } },
} as const;
const PACK_READERS = { sees: 'packs:read' } as const;
const TENANTS: Partial<Row> = { kinds: ACCESS_ONLY };

const form = () => {
  const parts = new FormData();
  parts.append('force', 'false');
  return parts;
};

const PUBLIC: Record<string, Row> = {
  'GET /health': anybody(200),
  'GET /health/detailed': anybody(200),
  'GET /health/ready': anybody(200),
  'GET /health/live': anybody(200),
  'GET /api-spec/openapi.json': anybody(200),
  'GET /docs': anybody(200),
  'GET /api/v1/capabilities': anybody(200),
  'POST /auth/register': anybody(422, { body: () => ({}) }),
  'POST /auth/login': anybody(422, { body: () => ({}) }),
  'POST /auth/refresh': anybody(422, { body: () => ({}) }),
  'POST /auth/token-login': anybody(422, { body: () => ({}) }),
  'POST /auth/ldap/login': anybody(422, { body: () => ({}) }),
  'GET /auth/oidc/login': anybody(501),
  'GET /auth/callback': anybody(501),
  'GET /auth/logout': anybody(307),
  'GET /auth/settings': anybody(200),
  'POST /api/v1/webhooks/{key}': anybody(404, { body: () => ({ payload: 1 }) }),
};

const ME: Record<string, Row> = {
  'GET /auth/me': read(null, undefined, { kinds: ALL_KINDS }),
  'PUT /auth/me': { grant: null, kinds: ACCESS_ONLY, body: () => ({}), ok: 200 },
  'POST /auth/change-password': { grant: null, kinds: ACCESS_ONLY, body: () => ({ current_password: 'x' }), ok: 422 },
};

const sensorToken = ({ sensor, trigger }: World) => ({ sensor_ref: sensor, trigger_types: [trigger] });
/** What a token is to say: looked up when it is used, and then in its own tenant. */
const SENSOR_NAMES = { sensor_ref: null, trigger_types: null } as const;

const SENSOR_TOKENS: Record<string, Row> = {
  'POST /auth/sensor-token': create('triggers:update', sensorToken, SENSOR_NAMES, { ok: 200 }),
  'POST /auth/internal/sensor-token': create('triggers:update', sensorToken, SENSOR_NAMES, {
    kinds: ['worker'],
    ok: 200,
  }),
};

const PACKS: Record<string, Row> = {
  'GET /api/v1/packs': read('packs:read', undefined, { lack: 'filtered' }),
  'POST /api/v1/packs': create('packs:create', () => ({ ref: `m-${anew()}`, version: '1.0.0', label: 'made' })),
  'GET /api/v1/packs/{ref}': read('packs:read', 'pack', { lack: 404 }),
  'PUT /api/v1/packs/{ref}': change('packs:configure', 'pack', label, PACK_READERS),
  'DELETE /api/v1/packs/{ref}': remove('packs:delete', 'pack', PACK_READERS),
  'POST /api/v1/packs/register': create('packs:install', () => ({ path: '/nowhere' }), {}, { ok: 400 }),
  'POST /api/v1/packs/upload': create('packs:install', form, {}, { ok: 400 }),
  'POST /api/v1/packs/install': create('packs:install', () => ({ source: '/nowhere' }), {}, { ok: 400 }),
  'POST /api/v1/packs/register-batch': create('packs:install', () => ({ pack_paths: ['/nowhere'] }), {}, { ok: 200 }),
  'POST /api/v1/packs/{ref}/workflows/sync': change('packs:read', 'pack', undefined, { lack: 404 }),
  'POST /api/v1/packs/{ref}/workflows/validate': change('packs:read', 'pack', undefined, { lack: 404 }),
  'GET /api/v1/packs/{ref}/environments': read('packs:read', 'pack', { lack: 404 }),
  'POST /api/v1/packs/{ref}/environments/rebuild': change('packs:configure', 'pack', undefined, PACK_READERS),
  'GET /api/v1/packs/{ref}/actions': read(null, 'pack'),
  'GET /api/v1/packs/{ref}/runtimes': read('runtimes:read', 'pack'),
  'GET /api/v1/packs/{ref}/workflows': read(null, 'pack'),
  'GET /api/v1/packs/{ref}/triggers': read(null, 'pack'),
  'GET /api/v1/packs/{ref}/sensors': read(null, 'pack'),
  'GET /api/v1/packs/{ref}/rules': read(null, 'pack'),
};

const newAction = ({ pack }: World) => ({
  ref: `${pack}.${anew()}`,
  pack_ref: pack,
  label: 'made',
  entrypoint: 'true',
});
const ACTION_NAMES = {
  runtime: 'runtimeId',
  runtime_ref: 'runtime',
  default_execution_permission_set_refs: 'set',
} as const;
const newRuntime = ({ pack }: World) => ({
  ...{ ref: `${pack}.${anew()}`, pack_ref: pack, name: 'made', distributions: {}, execution_config: {} },
});
const newWorkflowFile =
  (name: () => string) =>
  ({ pack }: World) => ({
    ...{ name: name(), pack_ref: pack, label: 'made', version: '1.0.0' },
    definition: { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] },
  });
const newWorkflow = ({ pack }: World) => ({
  ...{ ref: `${pack}.${anew()}`, pack_ref: pack, label: 'made', version: '1.0.0' },
  definition: { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] },
});

const ACTIONS: Record<string, Row> = {
  'GET /api/v1/actions': read(null),
  'GET /api/v1/actions/search': read(null, undefined, { query: { q: 'greet' } }),
  'POST /api/v1/actions': create('actions:create', newAction, { pack_ref: 'pack', ...ACTION_NAMES }),
  'GET /api/v1/actions/{ref}': read(null, 'action'),
  'PUT /api/v1/actions/{ref}': change('actions:update', 'action', label, { names: ACTION_NAMES }),
  'DELETE /api/v1/actions/{ref}': remove('actions:delete', 'action'),
  'GET /api/v1/actions/{ref}/rules': read(null, 'action'),
  'GET /api/v1/runtimes': read('runtimes:read'),
  'GET /api/v1/runtimes/{ref}': read('runtimes:read', 'runtime'),
  'POST /api/v1/runtimes': create('runtimes:create', newRuntime, { pack_ref: 'pack' }),
  'PUT /api/v1/runtimes/{ref}': change('runtimes:update', 'runtime', {}),
  'DELETE /api/v1/runtimes/{ref}': remove('runtimes:delete', 'runtime'),
  'GET /api/v1/workflows': read(null),
  'POST /api/v1/workflows': create('actions:create', newWorkflow, { pack_ref: 'pack' }),
  'POST /api/v1/packs/{ref}/workflow-files': create(
    'actions:create',
    newWorkflowFile(anew),
    { pack_ref: 'pack' },
    {
      path: 'pack',
      alone: true,
      foreign: 400,
    },
  ),
  'PUT /api/v1/workflows/{ref}/file': change('actions:update', 'workflow', undefined, {
    alone: true,
    body: newWorkflowFile(() => 'flow'),
    names: { pack_ref: 'pack' },
  }),
  'GET /api/v1/workflows/{ref}': read(null, 'workflow'),
  'PUT /api/v1/workflows/{ref}': change('actions:update', 'workflow', label),
  'DELETE /api/v1/workflows/{ref}': remove('actions:delete', 'workflow'),
};

const EXECUTIONS: Record<string, Row> = {
  'POST /api/v1/executions/execute': create('actions:execute', () => ({ action_ref: 'core.noop' }), {
    action_ref: 'action',
    permission_set_refs: 'set',
  }),
  'GET /api/v1/executions': read(null),
  'GET /api/v1/executions/stats': read(null),
  'GET /api/v1/executions/stream': read(null, undefined, { kinds: ['access', 'execution'], by: { execution: 403 } }),
  'GET /api/v1/executions/status/{status}': read(null),
  'GET /api/v1/executions/{id}': read('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/log': read('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/tree': read('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/logs/{stream}/stream': read('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/inquiries': read(null, 'execution'),
  'POST /api/v1/executions/{id}/cancel': change('executions:cancel', 'execution', undefined, { ok: 409 }),
};

const ARTIFACTS: Record<string, Row> = {
  'GET /api/v1/artifacts': read('artifacts:read', undefined, { lack: 'filtered' }),
  'GET /api/v1/executions/{id}/artifacts': read('artifacts:read', 'execution', { lack: 'filtered', foreign: 200 }),
  'GET /api/v1/artifacts/ref/{ref}': read('artifacts:read', 'artifactRef', { lack: 404 }),
  ...Object.fromEntries(
    [
      '',
      '/versions',
      '/versions/latest',
      '/versions/{version}',
      '/download',
      '/versions/{version}/download',
      '/stream',
    ].map((part) => [`GET /api/v1/artifacts/{id}${part}`, read('artifacts:read', 'artifact', { lack: 404 })]),
  ),
};

/** Workers are the platform's: everybody may see them, and only the tenant `default` closes them to new work. */
const WORKERS: Record<string, Row> = {
  'GET /api/v1/workers': read('workers:read'),
  'GET /api/v1/workers/{id}': read('workers:read', undefined, { ok: 404 }),
  'POST /api/v1/workers/{id}/cordon': { grant: 'workers:manage', body: () => ({}), ok: 403 },
  'POST /api/v1/workers/{id}/uncordon': { grant: 'workers:manage', ok: 403 },
};

const newKey = () => ({ ref: anew(), name: anew(), owner_type: 'system', value: 1 });

const KEYS: Record<string, Row> = {
  'GET /api/v1/keys': read('keys:read', undefined, { kinds: ALL_KINDS }),
  'POST /api/v1/keys': create('keys:create', newKey, OWNERS),
  'GET /api/v1/keys/{ref}': read('keys:read', 'key', { lack: 404, kinds: ALL_KINDS, by: { sensor: 404 } }),
  'PUT /api/v1/keys/{ref}': change('keys:update', 'key', { encrypted: false }),
  'DELETE /api/v1/keys/{ref}': remove('keys:delete', 'key'),
};

const ON_IDENTITY = { path: 'identity' } as const;
const newRole = () => ({ role: anew() });
const newAssignment = async (own: World) => ({
  identity_id: (await makeIdentity(own)).id,
  permission_set_ref: 'core.viewer',
});

const PEOPLE: Record<string, Row> = {
  'GET /api/v1/identities': read('identities:read'),
  'POST /api/v1/identities': create('identities:create', () => ({ login: `${anew()}@example.test` })),
  'GET /api/v1/identities/{id}': read('identities:read', 'identity'),
  'PUT /api/v1/identities/{id}': change('identities:update', 'identity', {}),
  'DELETE /api/v1/identities/{id}': remove('identities:delete', 'identity'),
  'POST /api/v1/identities/{id}/freeze': change('identities:update', 'identity'),
  'POST /api/v1/identities/{id}/unfreeze': change('identities:update', 'identity'),
  'GET /api/v1/identities/{id}/permissions': read('permissions:read', 'identity'),
  'POST /api/v1/identities/{id}/roles': create('permissions:manage', newRole, {}, ON_IDENTITY),
  'DELETE /api/v1/identities/roles/{id}': remove('permissions:manage', 'role'),
  'GET /api/v1/identities/{id}/integration-tokens': read('identities:read', 'identity'),
  'POST /api/v1/identities/{id}/integration-tokens': create(
    'identities:update',
    () => ({ label: 'made' }),
    {},
    ON_IDENTITY,
  ),
  'POST /api/v1/identities/{id}/integration-tokens/{token}/revoke': change(
    'identities:update',
    'identity',
    {},
    { ok: 404 },
  ),
  'DELETE /api/v1/identities/{id}/integration-tokens/{token}': change('identities:update', 'identity', undefined, {
    ok: 404,
  }),
  'GET /api/v1/permissions/sets': read('permissions:read'),
  'PUT /api/v1/permissions/sets/{id}': change('permissions:manage', 'setId', { grants: [] }),
  'POST /api/v1/permissions/sets/{id}/roles': create('permissions:manage', newRole, {}, { path: 'setId' }),
  'DELETE /api/v1/permissions/sets/roles/{id}': remove('permissions:manage', 'setRole'),
  'POST /api/v1/permissions/assignments': create('permissions:manage', newAssignment, {
    identity_id: 'identity',
    identity_login: { thing: 'login', beside: { identity_id: null } },
    permission_set_ref: 'set',
  }),
  'DELETE /api/v1/permissions/assignments/{id}': remove('permissions:manage', 'assignment'),
  'GET /api/v1/tenants': read('tenants:manage', undefined, TENANTS),
  'POST /api/v1/tenants': create(
    'tenants:manage',
    () => ({
      slug: `m-${anew()}`,
      name: 'made',
      admin: { login: `${anew()}@example.test`, password: 'Matrix-pass-1' },
    }),
    {},
    TENANTS,
  ),
  'GET /api/v1/tenants/{slug}': read('tenants:manage', undefined, TENANTS),
  'PUT /api/v1/tenants/{slug}': { grant: 'tenants:manage', body: () => ({}), ok: 200, ...TENANTS },
  'DELETE /api/v1/tenants/{slug}': { grant: 'tenants:manage', ok: 200, ...TENANTS },
};

const newTrigger = ({ pack }: World) => ({ ref: `${pack}.${anew()}`, pack_ref: pack, label: 'made' });
const newSensor = ({ pack, trigger }: World) => ({
  ...{ ref: `${pack}.${anew()}`, pack_ref: pack, label: 'made', trigger_ref: trigger, enabled: false },
  ...{ entrypoint: 'none.sh', runtime_ref: 'core.shell' },
});

const TRIGGERS: Record<string, Row> = {
  'GET /api/v1/triggers': read(null),
  'GET /api/v1/triggers/enabled': read(null),
  'POST /api/v1/triggers': create('triggers:create', newTrigger, { pack_ref: 'pack' }),
  'GET /api/v1/triggers/{ref}': read(null, 'trigger'),
  'PUT /api/v1/triggers/{ref}': change('triggers:update', 'trigger', label),
  'DELETE /api/v1/triggers/{ref}': remove('triggers:delete', 'trigger'),
  'POST /api/v1/triggers/{ref}/enable': change('triggers:update', 'trigger'),
  'POST /api/v1/triggers/{ref}/disable': change('triggers:update', 'trigger', undefined, { fresh: true }),
  'POST /api/v1/triggers/{ref}/webhooks/enable': change('triggers:update', 'trigger'),
  'POST /api/v1/triggers/{ref}/webhooks/disable': change('triggers:update', 'trigger', undefined, { fresh: true }),
  'POST /api/v1/triggers/{ref}/webhooks/regenerate': change('triggers:update', 'trigger'),
  'PUT /api/v1/triggers/{ref}/webhooks/security': change('triggers:update', 'trigger', {}),
  'GET /api/v1/triggers/{ref}/rules': read(null, 'trigger'),
  'GET /api/v1/triggers/{ref}/sensors': read(null, 'trigger'),
  'GET /api/v1/sensors': read(null),
  'GET /api/v1/sensors/enabled': read(null),
  'POST /api/v1/sensors': create('triggers:create', newSensor, {
    pack_ref: 'pack',
    trigger_ref: 'trigger',
    runtime_ref: 'runtime',
  }),
  'GET /api/v1/sensors/{ref}': read(null, 'sensor'),
  'PUT /api/v1/sensors/{ref}': change('triggers:update', 'sensor', label),
  'DELETE /api/v1/sensors/{ref}': remove('triggers:delete', 'sensor'),
  'POST /api/v1/sensors/{ref}/enable': change('triggers:update', 'sensor', undefined, { fresh: true }),
  'POST /api/v1/sensors/{ref}/disable': change('triggers:update', 'sensor'),
  'GET /api/v1/sensors/{ref}/logs': read(null, 'sensor', { kinds: ALL_KINDS, foreign: 200 }),
  'GET /api/v1/sensors/{ref}/logs/{stream}': read(null, 'sensor', { kinds: ALL_KINDS }),
};

const newRule = ({ pack, action, trigger }: World) => ({
  ...{ ref: `${pack}.${anew()}`, pack_ref: pack, label: 'made', enabled: false },
  ...{ action_ref: action, trigger_ref: trigger },
});
const RULE_NAMES = { action_ref: 'action', trigger_ref: 'trigger', permission_set_refs: 'set' } as const;

const RULES: Record<string, Row> = {
  'GET /api/v1/rules': read(null),
  'GET /api/v1/rules/enabled': read(null),
  'POST /api/v1/rules': create('rules:create', newRule, { pack_ref: 'pack', ...RULE_NAMES }),
  'GET /api/v1/rules/{ref}': read(null, 'rule'),
  'PUT /api/v1/rules/{ref}': change('rules:update', 'rule', label, { names: RULE_NAMES }),
  'DELETE /api/v1/rules/{ref}': remove('rules:delete', 'rule'),
  'POST /api/v1/rules/{ref}/enable': change('rules:update', 'rule'),
  'POST /api/v1/rules/{ref}/disable': change('rules:update', 'rule', undefined, { fresh: true }),
};

const EVENTS: Record<string, Row> = {
  'POST /api/v1/events': create(
    null,
    ({ trigger }) => ({ trigger_ref: trigger, payload: {} }),
    { trigger_ref: 'trigger', trigger_type: 'trigger' },
    { kinds: ['sensor', 'execution', 'worker'] },
  ),
  'GET /api/v1/events': read(null),
  'GET /api/v1/events/{id}': read(null, 'event'),
  'GET /api/v1/events/{id}/decisions': read(null, 'event'),
  'GET /api/v1/enforcements': read(null),
  'GET /api/v1/enforcements/{id}': read('enforcements:read', 'enforcement'),
  'GET /api/v1/enforcements/{id}/executions': read(null, 'enforcement', { foreign: 200 }),
};

const newInquiry = async ({ client }: World) => {
  const { id } = await client.executions.execute({ action_ref: 'core.noop' });
  return { execution: id, prompt: 'Well?' };
};

const INQUIRIES: Record<string, Row> = {
  'GET /api/v1/inquiries': read(null),
  'GET /api/v1/inquiries/status/{status}': read(null),
  'POST /api/v1/inquiries': create('inquiries:create', newInquiry, { execution: 'execution', assigned_to: 'identity' }),
  'GET /api/v1/inquiries/{id}': read(null, 'inquiry'),
  'PUT /api/v1/inquiries/{id}': change('inquiries:update', 'inquiry', {}, { names: { assigned_to: 'identity' } }),
  'DELETE /api/v1/inquiries/{id}': remove('inquiries:delete', 'inquiry'),
  'POST /api/v1/inquiries/{id}/respond': change(null, 'inquiry', { response: 'again' }, { ok: 400 }),
};

/** Every route that is served, as the OpenAPI document spells it. One that is not here fails the matrix by its name. */
export const ROWS: Readonly<Record<string, Row>> = {
  ...PUBLIC,
  ...ME,
  ...SENSOR_TOKENS,
  ...PACKS,
  ...ACTIONS,
  ...EXECUTIONS,
  ...ARTIFACTS,
  ...WORKERS,
  ...KEYS,
  ...PEOPLE,
  ...TRIGGERS,
  ...RULES,
  ...EVENTS,
  ...INQUIRIES,
};

/** What the rest of a path is filled with. */
const WORDS: Readonly<Record<string, string>> = {
  status: 'completed',
  stream: 'stdout',
  version: '1',
  key: 'wh_none',
  slug: 'default',
  token: '987654321',
  id: '987654321',
};
const PENDING = '/api/v1/inquiries/status/';

/** The path of a call: `named` is what the row's thing goes by; the query is the row's own with more of it. */
export function pathOf(
  route: string,
  row: Row,
  named: string | number | null,
  more: Record<string, string> = {},
): string {
  const path = route.slice(route.indexOf(' ') + 1);
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => {
    if (path.startsWith(PENDING)) return 'pending';
    const isThing = row.path !== undefined && (name === 'id' || name === 'ref');
    return encodeURIComponent(String(isThing ? named : WORDS[name]));
  });
  const query = new URLSearchParams({ ...mapped(row.query), ...more }).toString();
  return query === '' ? filled : `${filled}?${query}`;
}

const mapped = (query: Row['query'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));

/** What a call names: the shared thing, or one made for it. */
export const namedFor = async (row: Row, world: World, takes: boolean): Promise<string | number | null> => {
  if (row.path === undefined) return null;
  const make = row.fresh && takes ? MAKERS[row.path] : undefined;
  return make ? make(world) : world[row.path];
};
