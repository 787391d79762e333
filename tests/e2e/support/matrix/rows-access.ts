import { asGrant } from './grant-names';
import { randomText, makeIdentity, type FixtureIds } from './fixtures';
import {
  type RouteRow,
  ACCESS_ONLY,
  ALL_KINDS,
  publicRow,
  readRow,
  createRow,
  changeRow,
  removeRow,
  type RouteTable,
} from './route-row';

const PUBLIC: RouteTable = {
  'GET /health': publicRow(200),
  'GET /health/detailed': publicRow(200),
  'GET /health/ready': publicRow(200),
  'GET /health/live': publicRow(200),
  'GET /health/identity': publicRow(200),
  'GET /api-spec/openapi.json': publicRow(200),
  'GET /docs': publicRow(200),
  'GET /api/v1/capabilities': publicRow(200),
  'POST /auth/register': publicRow(422, { body: () => ({}) }),
  'POST /auth/login': publicRow(422, { body: () => ({}) }),
  'POST /auth/refresh': publicRow(422, { body: () => ({}) }),
  'POST /auth/token-login': publicRow(422, { body: () => ({}) }),
  'POST /auth/ldap/login': publicRow(422, { body: () => ({}) }),
  'GET /auth/oidc/login': publicRow(501),
  'GET /auth/callback': publicRow(501),
  'POST /auth/session': publicRow(422, { body: () => ({}) }),
  'POST /auth/session/renew': publicRow(204),
  'DELETE /auth/session': publicRow(204),
  'GET /auth/logout': publicRow(307, { endsSession: true }),
  'GET /auth/settings': publicRow(200),
  'GET /api/v1/agent/info': publicRow(503),
  'GET /api/v1/agent/binary': publicRow(503),
  'POST /api/v1/webhooks/{key}': publicRow(404, { body: () => ({ payload: 1 }) }),
};

const OWN_USER: RouteTable = {
  'GET /auth/me': readRow(null, undefined, { kinds: ALL_KINDS }),
  'PUT /auth/me': { grant: null, kinds: ACCESS_ONLY, body: () => ({}), okStatus: 200 },
  'POST /auth/change-password': {
    grant: null,
    kinds: ACCESS_ONLY,
    body: () => ({ current_password: 'x' }),
    okStatus: 422,
  },
};

const sensorToken = ({ sensor, trigger }: FixtureIds) => ({ sensor_ref: sensor, trigger_types: [trigger] });
/** Claims of a token: looked up when it is used, in its own tenant. */
const SENSOR_NAMES = { sensor_ref: null, trigger_types: null } as const;

const SENSOR_TOKENS: RouteTable = {
  'POST /auth/sensor-token': createRow('triggers:update', sensorToken, SENSOR_NAMES, {
    okStatus: 200,
    alsoNeeds: [],
    foreignBodyStatus: 200,
  }),
  'POST /auth/internal/sensor-token': createRow('triggers:update', sensorToken, SENSOR_NAMES, {
    kinds: [],
    okStatus: 200,
  }),
};

/** For the agent of an external worker. */
const agentRow = (body: object): RouteRow => ({
  grant: null,
  kinds: [],
  takesOwnSecret: true,
  path: 'worker',
  okStatus: 401,
  crossTenantStatus: 401,
  body: () => body,
});
const CLAIM_RESULT = { fencing_token: 1, status: 'completed' };

/** Of sensors and workers, which are refused the path of the matrix: nothing is stored. */
const fileRow = (more: Partial<RouteRow> = {}): RouteRow => ({
  grant: null,
  kinds: ['sensor'],
  okStatus: 400,
  crossTenantStatus: 403,
  ...more,
});
const BYTES = { body: () => ({}) };
const INTERNAL_FILES: RouteTable = {
  'GET /api/v1/internal/files/{path}': fileRow(),
  'PUT /api/v1/internal/files/{path}': fileRow(BYTES),
  'PATCH /api/v1/internal/files/{path}': fileRow(BYTES),
  'DELETE /api/v1/internal/files/{path}': fileRow(),
};

/**
 * Managed workers belong to the platform: every tenant may list them, only the tenant `default`
 * may cordon them. External ones belong to a tenant.
 */
const WORKERS: RouteTable = {
  'GET /api/v1/worker-templates': readRow('workers:read'),
  'GET /api/v1/workers': readRow('workers:read', undefined, { isList: true }),
  'GET /api/v1/workers/{id}': readRow('workers:read', 'worker'),
  'POST /api/v1/workers/{id}/cordon': { grant: 'workers:manage', body: () => ({}), okStatus: 403 },
  'POST /api/v1/workers/{id}/uncordon': { grant: 'workers:manage', okStatus: 403 },
  'POST /api/v1/workers': createRow('workers:manage', () => ({ kind: 'external' }), { runtime: null }),
  'DELETE /api/v1/workers/{id}': removeRow('workers:manage', 'worker'),
  'GET /api/v1/workers/{id}/activity': readRow('workers:read', 'worker', { alsoNeeds: ['executions:read'] }),
  'GET /api/v1/workers/{id}/history': readRow(null, 'worker'),
  'POST /api/v1/workers/{id}/pause': changeRow('workers:manage', 'worker', undefined, { needsOwnFixture: true }),
  'POST /api/v1/workers/{id}/resume': changeRow('workers:manage', 'worker', undefined, { okStatus: 200 }),
  'POST /api/v1/workers/{id}/hibernate': changeRow('workers:manage', 'worker', undefined, { okStatus: 409 }),
  'POST /api/v1/workers/{id}/wake': changeRow('workers:manage', 'worker', undefined, { okStatus: 409 }),
  'POST /api/v1/workers/{id}/dispatch': createRow(
    'actions:execute',
    ({ action }) => ({ action_ref: action }),
    { action_ref: 'action' },
    { path: 'worker', okStatus: 202, alsoNeeds: ['workers:read'] },
  ),
  'POST /api/v1/workers/tokens': {
    grant: 'workers:manage',
    kinds: ACCESS_ONLY,
    body: () => ({ name: randomText() }),
    okStatus: 403,
  },
  'DELETE /api/v1/workers/{id}/tokens': { grant: 'workers:manage', kinds: ACCESS_ONLY, okStatus: 403 },
  'POST /api/v1/workers/{id}/register': agentRow({ delivery_mode: 'poll' }),
  'POST /api/v1/workers/{id}/heartbeat': agentRow({}),
  'POST /api/v1/workers/{id}/claims': agentRow({}),
  'POST /api/v1/workers/{id}/claims/{execution}/result': agentRow(CLAIM_RESULT),
};

const OWNERS = {
  owner_identity: { fixture: 'identity', companions: { owner_type: 'identity' } },
  owner_pack: { fixture: 'packId', companions: { owner_type: 'pack' } },
  owner_pack_ref: { fixture: 'pack', companions: { owner_type: 'pack' } },
  owner_action: { fixture: 'actionId', companions: { owner_type: 'action' } },
  owner_action_ref: { fixture: 'action', companions: { owner_type: 'action' } },
  owner_sensor: { fixture: 'sensorId', companions: { owner_type: 'sensor' } },
  owner_sensor_ref: { fixture: 'sensor', companions: { owner_type: 'sensor' } },
} as const;
const newKey = () => ({ ref: randomText(), name: randomText(), owner_type: 'system', value: 1 });

const KEYS: RouteTable = {
  'GET /api/v1/search': readRow('keys:read', undefined, { query: { q: 'text', mode: 'exact' }, isList: true }),
  'GET /api/v1/keys': readRow('keys:read', undefined, { kinds: ALL_KINDS, isList: true }),
  'POST /api/v1/keys': createRow('keys:create', newKey, OWNERS),
  'GET /api/v1/keys/{ref}': readRow('keys:read', 'key', {
    withoutGrant: 404,
    kinds: ALL_KINDS,
    statusByKind: { sensor: 404 },
  }),
  'PUT /api/v1/keys/{ref}': changeRow(
    'keys:update',
    'sealedKey',
    { encrypted: false },
    { needsOwnFixture: true, alsoNeeds: ['keys:decrypt'] },
  ),
  'DELETE /api/v1/keys/{ref}': removeRow('keys:delete', 'key'),
};

const ACCESS_TOKENS: Partial<RouteRow> = { kinds: ACCESS_ONLY };

const ON_IDENTITY = { path: 'identity' } as const;
const newRole = () => ({ role: randomText() });
const newAssignment = async (own: FixtureIds) => ({
  identity_id: (await makeIdentity(own)).id,
  permission_set_ref: 'core.viewer',
});

const IDENTITIES: RouteTable = {
  'GET /api/v1/identities': readRow('identities:read', undefined, { isList: true }),
  'POST /api/v1/identities': createRow('identities:create', () => ({ login: `${randomText()}@example.test` })),
  'GET /api/v1/identities/{id}': readRow('identities:read', 'identity'),
  'PUT /api/v1/identities/{id}': changeRow('identities:update', 'identity', {}),
  'DELETE /api/v1/identities/{id}': removeRow('identities:delete', 'identity'),
  'POST /api/v1/identities/{id}/freeze': changeRow('identities:update', 'identity'),
  'POST /api/v1/identities/{id}/unfreeze': changeRow('identities:update', 'identity'),
  'GET /api/v1/identities/{id}/permissions': readRow('permissions:read', 'identity'),
  'POST /api/v1/identities/{id}/roles': createRow('permissions:manage', newRole, {}, ON_IDENTITY),
  'DELETE /api/v1/identities/roles/{id}': removeRow('permissions:manage', 'role'),
  'GET /api/v1/identities/{id}/integration-tokens': readRow('identities:read', 'identity'),
  'POST /api/v1/identities/{id}/integration-tokens': createRow(
    'identities:update',
    () => ({ label: 'made' }),
    {},
    // The identity holds a set that grants it.
    { ...ON_IDENTITY, alsoNeeds: ['keys:read'] },
  ),
  'POST /api/v1/identities/{id}/integration-tokens/{token}/revoke': changeRow(
    'identities:update',
    'identity',
    {},
    { okStatus: 404 },
  ),
  'DELETE /api/v1/identities/{id}/integration-tokens/{token}': changeRow('identities:update', 'identity', undefined, {
    okStatus: 404,
  }),
  'GET /api/v1/permissions/sets': readRow('permissions:read', undefined, { isList: true }),
  'PUT /api/v1/permissions/sets/{id}': changeRow('permissions:manage', 'setId', {
    grants: [asGrant('keys:read', null)], // as in its file: callers may not impersonate who holds it
  }),
  'POST /api/v1/permissions/sets/{id}/roles': createRow('permissions:manage', newRole, {}, { path: 'setId' }),
  'DELETE /api/v1/permissions/sets/roles/{id}': removeRow('permissions:manage', 'setRole'),
  'POST /api/v1/permissions/assignments': createRow('permissions:manage', newAssignment, {
    identity_id: 'identity',
    identity_login: { fixture: 'login', companions: { identity_id: null } },
    permission_set_ref: 'set',
  }),
  'DELETE /api/v1/permissions/assignments/{id}': removeRow('permissions:manage', 'assignment'),
  'GET /api/v1/clock': readRow('clock:move'),
  'PUT /api/v1/clock': { grant: 'clock:move', body: () => ({ mode: 'real' }), okStatus: 200 },
  'POST /api/v1/clock/advance': { grant: 'clock:move', body: () => ({ by: 0, settle: false }), okStatus: 200 },
  'GET /api/v1/tenants': readRow('tenants:manage', undefined, ACCESS_TOKENS),
  'POST /api/v1/tenants': createRow(
    'tenants:manage',
    () => ({
      slug: `m-${randomText()}`,
      name: 'made',
      admin: { login: `${randomText()}@example.test`, password: 'Matrix-pass-1' },
    }),
    {},
    ACCESS_TOKENS,
  ),
  'GET /api/v1/tenants/{slug}': readRow('tenants:manage', undefined, ACCESS_TOKENS),
  'PUT /api/v1/tenants/{slug}': { grant: 'tenants:manage', body: () => ({}), okStatus: 200, ...ACCESS_TOKENS },
  'DELETE /api/v1/tenants/{slug}': { grant: 'tenants:manage', okStatus: 200, ...ACCESS_TOKENS },
};

/** Routes of users, tokens, keys, identities, tenants and workers. */
export const ACCESS_ROWS: RouteTable = {
  ...PUBLIC,
  ...OWN_USER,
  ...SENSOR_TOKENS,
  ...WORKERS,
  ...INTERNAL_FILES,
  ...KEYS,
  ...IDENTITIES,
};
