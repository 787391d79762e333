// The standard pack is shared and read-only; a tenant may add its own components to it.
import { projectRoot } from '../../../../platform/base/directories';
import { ensureCorePack } from '../../../../platform/packs/save/core-pack';
import { createGrantHolder } from '../grant-holder';
import { withAdmin } from '../with-admin';

const { testApi, send, statusOf } = withAdmin();
const PASSWORD = 'long-enough-1';
let otherAdmin: string;

beforeAll(async () => {
  const tenant = { slug: 'other', name: 'Other', admin: { login: 'first@other', password: PASSWORD } };
  expect(await statusOf('POST', '/tenants', tenant)).toBe(201);
  otherAdmin = await testApi().logIn('first@other', PASSWORD);
});

const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
const BODIES: Readonly<Record<string, object>> = {
  actions: { entrypoint: 'true', runtime_ref: 'core.shell' },
  workflows: { version: '1.0.0', definition },
  triggers: {},
  rules: { action_ref: 'core.noop', trigger_ref: 'core.alert' },
  sensors: { entrypoint: 'x', runtime_ref: 'core.python', trigger_ref: 'core.alert' },
  runtimes: { name: 'made', distributions: {}, execution_config: {} },
};
const KINDS = Object.keys(BODIES);
const bodyOf = (kind: string, ref: string) => ({ ref, pack_ref: 'core', label: 'own', ...BODIES[kind] });

describe.each(KINDS)('/%s of the standard pack', (kind) => {
  const ref = `core.own-${kind}`;

  test('one that a tenant adds is its own, and no other tenant sees it', async () => {
    const created = await send('POST', `/${kind}`, bodyOf(kind, ref));

    expect([created.statusCode, { data: created.json<{ data: unknown }>().data }]).toEqual([
      201,
      { data: expect.objectContaining({ ref, pack_ref: 'core' }) as object },
    ]);
    expect(await statusOf('PUT', `/${kind}/${ref}`, { label: 'changed' })).toBe(200);
    expect(await statusOf('GET', `/${kind}/${ref}`, undefined, otherAdmin)).toBe(404);
    expect((await send('GET', `/packs/core/${kind}`, undefined, otherAdmin)).body).not.toContain(ref);
    expect(await statusOf('POST', `/${kind}`, bodyOf(kind, ref), otherAdmin)).toBe(201);
    expect(await statusOf('DELETE', `/${kind}/${ref}`, undefined, otherAdmin)).toBe(200);
    expect(await statusOf('GET', `/${kind}/${ref}`)).toBe(200);
  });

  test('a caller without the grant adds none', async () => {
    const reader = await createGrantHolder(testApi().owner, [{ resource: 'packs', actions: ['read'] }]);

    expect(await statusOf('POST', `/${kind}`, bodyOf(kind, `core.denied-${kind}`), reader)).toBe(403);

    expect(await statusOf('GET', `/${kind}/core.denied-${kind}`)).toBe(404);
  });
});

test.each([
  ['actions', 'core.echo'],
  ['triggers', 'core.alert'],
  ['runtimes', 'core.python'],
  ['workflows', 'core.echo'],
])('POST /%s with the ref of a shared component is 409', async (kind, ref) => {
  const before = (await send('GET', `/actions/core.echo`)).body;

  expect(await statusOf('POST', `/${kind}`, bodyOf(kind, ref))).toBe(409);

  expect((await send('GET', `/actions/core.echo`)).body).toBe(before);
});

test('no caller writes files into the standard pack', async () => {
  const body = { name: 'filed', label: 'Filed', version: '1.0.0', pack_ref: 'core', definition };
  const ref = 'core.to-file';
  expect(await statusOf('POST', '/workflows', bodyOf('workflows', ref))).toBe(201);

  expect(await statusOf('POST', '/packs/core/workflow-files', body)).toBe(403);
  expect(await statusOf('PUT', `/workflows/${ref}/file`, { ...body, name: 'to-file' })).toBe(403);

  expect(await statusOf('GET', '/workflows/core.filed')).toBe(404);
});

describe('a new version of the standard pack', () => {
  const registerAgain = () => ensureCorePack(testApi().owner, { root: projectRoot(), build: null });

  test('keeps what tenants have added to it', async () => {
    for (const kind of KINDS) expect(await statusOf('POST', `/${kind}`, bodyOf(kind, `core.kept-${kind}`))).toBe(201);

    await registerAgain();

    for (const kind of KINDS) expect(await statusOf('GET', `/${kind}/core.kept-${kind}`)).toBe(200);
  });

  test('a shared component that comes later is not replaced by one of a tenant', async () => {
    expect(await statusOf('POST', '/triggers', bodyOf('triggers', 'core.later'))).toBe(201);
    await testApi().owner.query(
      `insert into trigger (tenant, ref, pack, pack_ref, label) select 0, 'core.later', id, ref, 'shared' from pack
       where ref = 'core' and tenant = 0`,
    );

    const found = await send('GET', '/triggers/core.later');

    expect(found.json()).toMatchObject({ data: { label: 'shared' } });
  });
});
