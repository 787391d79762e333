// An attribute that a constraint reads is given only by who may give what depends on it.
import type { JsonObject } from '../../../../contract/json';
import { createGrantHolder, grant } from '../grant-holder';
import { withAdmin } from '../with-admin';
import { tokenOfExecution } from '../test-tokens';

const { testApi, send, statusOf } = withAdmin();
/** Opens the keys of the system to the team `ops`. */
let opsSet: number;

const HELP_DESK = grant('identities', ['read', 'create', 'update']);
const READS_KEYS = grant('keys', ['read', 'decrypt'], { owner_types: ['system'], attributes: { team: 'ops' } });
const OPS = { attributes: { team: 'ops' } };

beforeAll(async () => {
  await createGrantHolder(testApi().owner, [READS_KEYS]);
  const { rows } = await testApi().owner.query<{ id: number }>('select max(id)::int as id from permission_set');
  opsSet = rows[0]!.id;
  await send('POST', '/keys', { ref: 'deep', name: 'deep', owner_type: 'system', value: 'secret', encrypted: true });
});

/** An identity with these grants and the set for the team `ops`, and with these attributes. */
async function createMember(grants: readonly JsonObject[], attributes: JsonObject = {}) {
  const token = await createGrantHolder(testApi().owner, grants);
  const { rows } = await testApi().owner.query<{ id: number }>('select max(id)::int as id from identity');
  const id = rows[0]!.id;
  const assign = 'insert into permission_assignment (identity, permset) values ($1, $2)';
  await testApi().owner.query(assign, [id, opsSet]);
  await testApi().owner.query('update identity set attributes = $2 where id = $1', [id, attributes]);
  return { id, token };
}
const attributesOf = async (id: number) =>
  (await send('GET', `/identities/${id}`)).json<{ data: { attributes: JsonObject } }>().data.attributes;

test('AZ-10 no one joins by an own attribute the team that opens a key', async () => {
  const { id, token } = await createMember([HELP_DESK]);
  expect(await statusOf('GET', '/keys/deep', undefined, token)).toBe(404);

  const refused = await send('PUT', `/identities/${id}`, OPS, token);

  const error = expect.stringContaining('The attributes team decide about keys:read') as string;
  expect([refused.statusCode, refused.json()]).toMatchObject([403, { code: 'FORBIDDEN', error }]);
  expect(await attributesOf(id)).toEqual({});
  expect(await statusOf('GET', '/keys/deep', undefined, token)).toBe(404);
});

const giveTo = (id: number, token: string) => statusOf('PUT', `/identities/${id}`, OPS, token);
const createWith = (id: number, token: string) =>
  statusOf('POST', '/identities', { login: `new-${id}@x.test`, ...OPS }, token);

test.each([
  ['another identity', giveTo, 200],
  ['a new identity', createWith, 201],
])('who may not give a right gives %s no attribute that opens it', async (_, give, status) => {
  const { token } = await createMember([HELP_DESK]);
  const { id: other } = await createMember([]);
  const manager = await createGrantHolder(testApi().owner, [HELP_DESK, grant('permissions', ['manage'])]);

  expect([await give(other, token), await give(other, manager)]).toEqual([403, status]);
});

test('who holds the right for every resource gives the attribute', async () => {
  const { id, token } = await createMember([HELP_DESK, grant('keys', ['read', 'decrypt'])]);

  expect(await statusOf('PUT', `/identities/${id}`, OPS, token)).toBe(200);
  expect(await attributesOf(id)).toEqual({ team: 'ops' });
});

test('an attribute that decides is not taken from an identity either', async () => {
  const { token } = await createMember([HELP_DESK]);
  const { id } = await createMember([], { team: 'ops', desk: 4 });

  expect(await statusOf('PUT', `/identities/${id}`, { attributes: null }, token)).toBe(403);
  expect(await statusOf('PUT', `/identities/${id}`, { attributes: { desk: 4 } }, token)).toBe(403);
});

test('attributes that no constraint reads are free', async () => {
  const { id, token } = await createMember([HELP_DESK], { team: 'ops' });
  const attributes = { team: 'ops', desk: 7 };

  expect(await statusOf('PUT', `/identities/${id}`, { attributes }, token)).toBe(200);
  expect(await attributesOf(id)).toEqual(attributes);
});

test('the token of an action gives no attribute that its sets do not open', async () => {
  const { id } = await createMember([HELP_DESK, grant('permissions', ['manage'])]);
  await createGrantHolder(testApi().owner, [HELP_DESK]);
  const { rows } = await testApi().owner.query<{ ref: string }>(
    'select ref from permission_set order by id desc limit 1',
  );
  const token = await tokenOfExecution(999_999, [rows[0]!.ref], { identity: id });

  expect(await statusOf('PUT', `/identities/${id}`, OPS, token)).toBe(403);
});

test('no one sets the password of an identity whose attributes open more', async () => {
  const { token } = await createMember([HELP_DESK]);
  const { id } = await createMember([], { team: 'ops' });
  const { id: equal } = await createMember([]);
  const password = { password: 'a new password' };

  expect(await statusOf('PUT', `/identities/${id}`, password, token)).toBe(403);
  expect(await statusOf('PUT', `/identities/${equal}`, password, token)).toBe(200);
});

test('no one gets a token of an identity whose attributes open more', async () => {
  const { token } = await createMember([HELP_DESK]);
  const { id } = await createMember([], { team: 'ops' });
  const { id: equal } = await createMember([]);
  const create = (of: number) => statusOf('POST', `/identities/${of}/integration-tokens`, { label: 'robot' }, token);

  expect([await create(id), await create(equal)]).toEqual([403, 201]);
});
