import { signToken } from '../../../platform/auth/tokens';
import { SECRET, withApi } from './with-api';

const testApi = withApi({ selfRegistration: false, acceptsWorkerTokens: true });

let token: string;
beforeAll(async () => {
  const { rows } = await testApi().owner.query<{ id: number }>(
    `select id from identity where login = 'test@attune.local'`,
  );
  const claims = { identity: rows[0]!.id, login: 'worker', tenant: 1, seconds: 60 };
  token = await signToken(SECRET, { ...claims, tokenType: 'worker', scope: 'worker' });
});

test('a worker token that is accepted passes every check of a grant', async () => {
  const paths = ['/api/v1/executions', '/api/v1/keys', '/api/v1/identities', '/api/v1/packs/core'];

  const responses = await Promise.all(paths.map((url) => testApi().send({ url }, token)));

  expect(responses.map(({ statusCode }) => statusCode)).toEqual(paths.map(() => 200));
});

test('a worker token obtains a sensor token on the internal path', async () => {
  const payload = { sensor_ref: 'demo.watch', trigger_types: ['demo.happened'] };

  const response = await testApi().send({ method: 'POST', url: '/auth/internal/sensor-token', payload }, token);

  expect([response.statusCode, response.json()]).toMatchObject([200, { data: { sensor_ref: 'demo.watch' } }]);
});

test('a worker token changes no identity and manages no tenant', async () => {
  const renamed = await testApi().send({ method: 'PUT', url: '/auth/me', payload: { display_name: 'x' } }, token);
  const tenants = await testApi().call('GET', '/tenants', undefined, token);
  const me = (await testApi().send({ url: '/auth/me' }, token)).json<{ data: object }>();

  expect([renamed.statusCode, tenants.statusCode]).toEqual([403, 403]);
  expect(me.data).toMatchObject({ effective_permissions: [], assigned_permission_set_refs: [] });
});
