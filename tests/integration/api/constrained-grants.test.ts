import type { InjectOptions } from 'fastify';
import { createGrantHolder, grant, type Grants } from './grant-holder';
import { withAdmin } from './with-admin';
import { tokenOfExecution } from './test-tokens';

const { testApi, send, statusOf } = withAdmin();
beforeAll(async () => {
  for (const ref of ['ours', 'theirs']) {
    await send('POST', '/packs', { ref, label: ref, version: '1.0.0' });
    const component = { pack_ref: ref, label: 'one' };
    await send('POST', '/actions', { ...component, ref: `${ref}.act`, entrypoint: 'true', runtime_ref: 'core.shell' });
    await send('POST', '/triggers', { ...component, ref: `${ref}.happened` });
    const definition = { version: '1.0.0', tasks: [{ name: 'one', action: `${ref}.act` }] };
    await send('POST', '/workflows', { ...component, ref: `${ref}.flow`, version: '1.0.0', definition });
    const ends = { action_ref: 'core.noop', trigger_ref: `${ref}.happened` };
    await send('POST', '/rules', { ...component, ...ends, ref: `${ref}.rule` });
  }
});

const inPack = (pack: string) => ({ pack_refs: [pack] });

test.each<[string, string[], InjectOptions['method'], string, object | undefined]>([
  ['packs', ['read', 'configure'], 'PUT', '/packs/:pack', { label: 'new' }],
  ['actions', ['update'], 'PUT', '/actions/:pack.act', { label: 'new' }],
  ['actions', ['execute'], 'POST', '/executions/execute', { action_ref: ':pack.act' }],
  ['actions', ['update', 'execute'], 'PUT', '/workflows/:pack.flow', { label: 'new' }],
  ['triggers', ['update'], 'PUT', '/triggers/:pack.happened', { label: 'new' }],
  ['triggers', ['update'], 'POST', '/triggers/:pack.happened/disable', undefined],
  ['triggers', ['update'], 'POST', '/triggers/:pack.happened/webhooks/enable', undefined],
  ['rules', ['update'], 'PUT', '/rules/:pack.rule', { label: 'new' }],
  ['rules', ['update'], 'POST', '/rules/:pack.rule/disable', undefined],
])('a grant on %s %j of one pack is none on another: %s %s', async (resource, actions, method, path, body) => {
  const readsOurs = grant('packs', ['read'], inPack('ours'));
  const token = await createGrantHolder(testApi().owner, [readsOurs, grant(resource, actions, inPack('ours'))]);
  const at = (pack: string) =>
    statusOf(
      method,
      path.replace(':pack', pack),
      body && (JSON.parse(JSON.stringify(body).replace(':pack', pack)) as object),
      token,
    );

  expect([200, 201]).toContain(await at('ours'));
  expect(await at('theirs')).toBe(resource === 'packs' ? 404 : 403);
});

test('reading the pack of another takes a grant that names it', async () => {
  const plain = await createGrantHolder(testApi().owner, [grant('packs', ['read'])]);
  const naming = await createGrantHolder(testApi().owner, [grant('packs', ['read'], { refs: ['ours'] })]);

  const seen = async (token: string) =>
    (await send('GET', '/packs', undefined, token)).json<{ items: { ref: string }[]; pagination: object }>();
  expect((await seen(plain)).items.map(({ ref }) => ref)).toEqual(['core']);
  expect(await seen(naming)).toMatchObject({
    items: [{ ref: 'core' }, { ref: 'ours' }],
    pagination: { total_items: 2, total_pages: 1 },
  });
  expect(await statusOf('GET', '/packs/ours', undefined, plain)).toBe(404);
  expect(await statusOf('GET', '/packs/ours', undefined, naming)).toBe(200);
  expect(await statusOf('DELETE', '/packs/ours', undefined, naming)).toBe(403);
});

test('a rule is created only by a caller that may execute its action', async () => {
  const token = await createGrantHolder(testApi().owner, [
    grant('packs', ['read'], inPack('ours')),
    grant('rules', ['create', 'update']),
    grant('actions', ['execute'], inPack('ours')),
  ]);
  const rule = { pack_ref: 'ours', label: 'r', trigger_ref: 'ours.happened' };

  const refused = await send('POST', '/rules', { ...rule, ref: 'ours.a', action_ref: 'theirs.act' }, token);

  expect(refused.json()).toMatchObject({ error: 'Insufficient permissions: actions:execute' });
  expect(await statusOf('POST', '/rules', { ...rule, ref: 'ours.b', action_ref: 'ours.act' }, token)).toBe(201);
  expect(await statusOf('PUT', '/rules/ours.b', { action_ref: 'theirs.act' }, token)).toBe(403);
  expect(await statusOf('PUT', '/rules/ours.b', { label: 'still mine' }, token)).toBe(200);
});

/** A line of executions, each the parent of the next, all somebody else's; answers their ids. */
async function createExecutionChain(length: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < length; n++) {
    const { rows } = await testApi().owner.query<{ id: number }>(
      `insert into execution (action_ref, parent, executor) values ('core.noop', $1, 1) returning id`,
      [ids.at(-1) ?? null],
    );
    ids.push(rows[0]!.id);
  }
  return ids;
}

test('execution_scope covers the execution itself, its descendants, or any', async () => {
  const [top, middle, child, grandchild] = await createExecutionChain(4);
  const refs = new Map<string, string>();
  for (const scope of ['self', 'descendants', 'any']) {
    await createGrantHolder(testApi().owner, [grant('executions', ['read'], { execution_scope: scope })]);
    const { rows } = await testApi().owner.query<{ ref: string }>(
      'select ref from permission_set order by id desc limit 1',
    );
    refs.set(scope, rows[0]!.ref);
  }
  const seen = async (scope: string) => {
    const bearer = await tokenOfExecution(middle!, [refs.get(scope)!]);
    return Promise.all(
      [top, middle, child, grandchild].map((id) => statusOf('GET', `/executions/${id!}`, undefined, bearer)),
    );
  };

  expect(await seen('self')).toEqual([403, 200, 403, 403]);
  expect(await seen('descendants')).toEqual([403, 200, 200, 200]);
  expect(await seen('any')).toEqual([200, 200, 200, 200]);
});

test('a grant may depend on attributes of the caller', async () => {
  const token = await createGrantHolder(testApi().owner, [
    grant('runtimes', ['read'], { attributes: { team: 'ops' } }),
  ]);
  expect(await statusOf('GET', '/runtimes/core.shell', undefined, token)).toBe(403);

  await testApi().owner.query(
    `update identity set attributes = '{"team": "ops"}' where id = (select max(id) from identity)`,
  );

  expect(await statusOf('GET', '/runtimes/core.shell', undefined, token)).toBe(200);
});

test('a manager of identities cannot take over one with more rights', async () => {
  const token = await createGrantHolder(testApi().owner, [grant('identities', ['read', 'update'])]);
  const { rows } = await testApi().owner.query<{ id: number }>(
    `select id from identity where login = 'test@attune.local'`,
  );
  const path = `/identities/${rows[0]!.id}`;

  expect(await statusOf('PUT', path, { password: 'stolen-password' }, token)).toBe(403);
  expect(await statusOf('POST', `${path}/integration-tokens`, { label: 'mine' }, token)).toBe(403);
  expect(await statusOf('PUT', path, { display_name: 'Renamed' }, token)).toBe(200);
  expect(await statusOf('GET', '/identities/999999', undefined, token)).toBe(404);
});

test('a tenant admin can take over another admin, not a platform admin', async () => {
  const { owner } = testApi();
  const { rows: sets } = await owner.query<{ grants: Grants }>(
    `select grants from permission_set where ref = 'core.admin' order by tenant limit 1`,
  );
  const token = await createGrantHolder(owner, sets[0]!.grants);
  await createGrantHolder(owner, sets[0]!.grants);
  const { rows } = await owner.query<{ platform: number; other: number }>(
    `select (select id from identity where login = 'test@attune.local') as platform, max(id) as other from identity`,
  );
  const { platform, other } = rows[0]!;
  const takeOver = async (id: number) => [
    await statusOf('PUT', `/identities/${id}`, { password: 'another-password' }, token),
    await statusOf('POST', `/identities/${id}/integration-tokens`, { label: 'mine' }, token),
  ];

  expect(await takeOver(platform)).toEqual([403, 403]);
  expect(await takeOver(other)).toEqual([200, 201]);
});

test('permission-admin cannot impersonate', async () => {
  const { owner } = testApi();
  const token = await createGrantHolder(owner, [grant('identities', ['update']), grant('permissions', ['manage'])]);
  await createGrantHolder(owner, [grant('keys', ['decrypt'], { refs: ['one'] })]);
  const { rows } = await owner.query<{ id: number }>('select max(id) as id from identity');

  expect(await statusOf('PUT', `/identities/${rows[0]!.id}`, { password: 'stolen-password' }, token)).toBe(403);
});
