import { createGrantHolder } from './grant-holder';
import { withAdmin } from './with-admin';
import { tokenOfExecution, tokenOfIdentity } from './test-tokens';

const { testApi, send } = withAdmin();
const dataOf = (response: { json(): unknown }) => (response.json() as { data: { id: number } }).data;

let createdIdentities = 0;
async function createIdentity() {
  const login = `person-${++createdIdentities}@example.test`;
  const made = await send('POST', '/identities', { login, password: 'long-enough-1' });
  expect(made.statusCode).toBe(201);
  const { id } = dataOf(made);
  const token = await tokenOfIdentity({ identity: id });
  return { id, login, token };
}

async function permissionSetId(ref: string): Promise<number> {
  const sets = (await send('GET', '/permissions/sets')).json<{ id: number; ref: string }[]>();
  return sets.find((set) => set.ref === ref)!.id;
}

const keyBody = (name: string) => ({ ref: `test.${name}`, name, owner_type: 'system', value: 1 });

test('a new identity has no rights until it is assigned a set', async () => {
  const { id, login, token } = await createIdentity();
  expect(await testApi().logIn(login, 'long-enough-1')).toEqual(expect.any(String));
  expect((await send('GET', '/keys', undefined, token)).statusCode).toBe(403);

  const given = await send('POST', '/permissions/assignments', { identity_id: id, permission_set_ref: 'core.viewer' });

  expect(given.statusCode).toBe(201);
  expect((await send('GET', '/keys', undefined, token)).statusCode).toBe(200);
  expect((await send('POST', '/keys', keyBody('viewer'), token)).json()).toMatchObject({
    code: 'FORBIDDEN',
    error: 'Insufficient permissions: keys:create',
  });
  expect((await send('DELETE', `/permissions/assignments/${dataOf(given).id}`)).statusCode).toBe(200);
  expect((await send('GET', '/keys', undefined, token)).statusCode).toBe(403);
});

test('a role grants its permission sets', async () => {
  const { id, token } = await createIdentity();
  const set = await permissionSetId('core.viewer');
  expect((await send('POST', `/permissions/sets/${set}/roles`, { role: 'auditors' })).statusCode).toBe(201);
  const role = await send('POST', `/identities/${id}/roles`, { role: 'auditors' });
  expect(role.statusCode).toBe(201);

  expect((await send('GET', '/keys', undefined, token)).statusCode).toBe(200);
  expect((await send('POST', `/identities/${id}/roles`, { role: 'auditors' })).statusCode).toBe(409);
  expect(dataOf(await send('GET', `/identities/${id}`))).toMatchObject({
    roles: [{ role: 'auditors', managed: false }],
  });
  expect((await send('DELETE', `/identities/roles/${dataOf(role).id}`)).statusCode).toBe(200);
  expect((await send('GET', '/keys', undefined, token)).statusCode).toBe(403);
});

test('an editor cannot raise its own rights, and shipped sets are read-only', async () => {
  const { id, token } = await createIdentity();
  await send('POST', '/permissions/assignments', { identity_id: id, permission_set_ref: 'core.editor' });
  const own = { identity_id: id, permission_set_ref: 'core.admin' };

  expect((await send('POST', '/permissions/assignments', own, token)).statusCode).toBe(403);
  expect((await send('GET', '/identities', undefined, token)).statusCode).toBe(403);
  expect(
    (await send('PUT', `/permissions/sets/${await permissionSetId('core.viewer')}`, { grants: [] })).statusCode,
  ).toBe(403);
  const execute = { action_ref: 'core.noop', permission_set_refs: ['core.admin'] };
  expect((await send('POST', '/executions/execute', execute, token)).statusCode).toBe(403);
});

test('the last identity that manages permissions is kept', async () => {
  const { rows } = await testApi().owner.query<{ id: number }>(
    `select id from identity where login = 'test@attune.local'`,
  );
  const { id } = rows[0]!;
  const [assignment] = (await send('GET', `/identities/${id}/permissions`)).json<{ id: number }[]>();

  const last = await send('DELETE', `/permissions/assignments/${assignment!.id}`);

  expect(last.statusCode).toBe(409);
  expect(last.json()).toMatchObject({ details: { reason: 'LAST_ADMIN' } });
  expect((await send('DELETE', `/identities/${id}`)).statusCode).toBe(400);
  expect((await send('POST', `/identities/${id}/freeze`)).statusCode).toBe(400);
  expect((await send('GET', '/identities')).statusCode).toBe(200);
});

test('the grants of a set are validated, and errors name the place', async () => {
  await createGrantHolder(testApi().owner, [{ resource: 'keys', actions: ['read'] }]);
  const { rows } = await testApi().owner.query<{ id: number }>(
    `select id from permission_set where tenant = 1 limit 1`,
  );
  const path = `/permissions/sets/${rows[0]!.id}`;
  const wrong = [
    { resource: 'nothing', actions: ['read'] },
    { resource: 'keys', actions: ['fly'] },
    { resource: 'keys', action: 'read' },
    { resource: 'keys', actions: ['read'], constraints: { ids: [1] } },
    { resource: 'keys', actions: ['read'], constraints: { refs: ['a'], pack_refs: ['b'] } },
  ];

  const answers = await Promise.all(wrong.map((grant) => send('PUT', path, { grants: [grant] })));

  expect(answers.map(({ statusCode }) => statusCode)).toEqual(wrong.map(() => 400));
  const grants = [{ resource: 'keys', actions: ['read'], constraints: { refs: ['a.b'] } }];
  expect(dataOf(await send('PUT', path, { grants, label: 'Some keys' }))).toMatchObject({ grants, label: 'Some keys' });
});

test.each([
  [{ permission_set_ref: 'core.viewer' }, 400],
  [{ identity_id: 1, identity_login: 'a@b', permission_set_ref: 'core.viewer' }, 400],
  [{ identity_id: 999_999, permission_set_ref: 'core.viewer' }, 404],
  [{ identity_login: 'test@attune.local', permission_set_ref: 'core.nothing' }, 404],
])('the assignment %j is rejected', async (body, status) => {
  expect((await send('POST', '/permissions/assignments', body)).statusCode).toBe(status);
});

test('the set `standard` opens the keys of the own action and pack', async () => {
  const own = { standard_access_action_refs: ['core.echo'], standard_access_pack_refs: ['core'] };
  const token = (refs: string[]) => tokenOfExecution(999_999, refs, own);
  const owners = { echo: 'core.echo', sleep: 'core.sleep' };
  for (const [name, owner_action_ref] of Object.entries(owners)) {
    const body = { ...keyBody(`own-${name}`), owner_type: 'action', owner_action_ref, encrypted: true };
    expect((await send('POST', '/keys', body)).statusCode).toBe(201);
  }
  const standard = await token(['standard']);

  expect(dataOf(await send('GET', '/keys/test.own-echo', undefined, standard))).toMatchObject({ value: 1 });
  expect((await send('GET', '/keys/test.own-sleep', undefined, standard)).statusCode).toBe(404);
  expect((await send('POST', '/keys', keyBody('standard'), standard)).statusCode).toBe(403);
  expect((await send('GET', '/keys/test.own-sleep', undefined, await token(['core.admin']))).statusCode).toBe(200);
  expect((await send('GET', '/keys', undefined, await token(['core.admin', 'core.nothing']))).statusCode).toBe(403);
});

test('a manager of some permission sets puts into them what it holds itself', async () => {
  const manages = { resource: 'permissions', actions: ['manage'], constraints: { refs: ['test.managed'] } };
  const reads = { resource: 'keys', actions: ['read'] };
  const manager = await createGrantHolder(testApi().owner, [manages, reads]);
  const { rows } = await testApi().owner.query<{ id: number }>(
    `insert into permission_set (ref, grants) values ('test.managed', '[]') returning id`,
  );
  const put = async (grants: object[]) => {
    const answer = await send('PUT', `/permissions/sets/${rows[0]!.id}`, { grants }, manager);
    return [answer.statusCode, answer.json<{ error?: string }>().error];
  };
  const refused = (right: string) => [403, `Permission set 'test.managed' grants ${right}, which is not yours to give`];

  expect(await put([{ resource: 'permissions', actions: ['manage'] }])).toEqual(refused('permissions:manage'));
  expect(await put([manages])).toEqual(refused('permissions:manage'));
  expect(await put([{ resource: 'packs', actions: ['read'] }])).toEqual(refused('packs:read'));
  expect(await put([reads])).toEqual([200, undefined]);
});
