// Rights follow the pack that a component's row belongs to, and who writes into a pack can see it.
import { createGrantHolder, grant, type Grants } from '../grant-holder';
import { withAdmin } from '../with-admin';

const { testApi, send, statusOf, adminToken } = withAdmin();

const createPack = (ref: string) => send('POST', '/packs', { ref, label: ref, version: '1.0.0' });
const holder = (...grants: Grants) => createGrantHolder(testApi().owner, grants);
const inPack = (pack: string) => ({ pack_refs: [pack] });
const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
const key = (ref: string, owner: object) => ({ ref, name: ref, value: 'sesame', ...owner });

beforeAll(async () => {
  for (const ref of ['mine', 'vault']) await createPack(ref);
  // Named as if it belonged to a pack that is created only afterwards.
  const component = { pack_ref: 'mine', label: 'early' };
  await send('POST', '/actions', { ...component, ref: 'later.act', entrypoint: 'true', runtime_ref: 'core.shell' });
  await send('POST', '/triggers', { ...component, ref: 'later.happened' });
  const sensor = { entrypoint: 'x', runtime_ref: 'core.python', trigger_ref: 'later.happened' };
  await send('POST', '/sensors', { ...component, ...sensor, ref: 'later.sensor' });
  await createPack('later');
});

const bodies: Readonly<Record<string, object>> = {
  actions: { entrypoint: 'true', runtime_ref: 'core.shell' },
  workflows: { version: '1.0.0', definition },
  triggers: {},
  rules: { action_ref: 'core.noop', trigger_ref: 'later.happened' },
  sensors: { entrypoint: 'x', runtime_ref: 'core.python', trigger_ref: 'later.happened' },
  runtimes: { name: 'made', distributions: {}, execution_config: {} },
};

const writerOf = (pack: string) =>
  holder(
    grant('packs', ['read'], inPack(pack)),
    grant('actions', ['create', 'update', 'execute'], inPack(pack)),
    ...['rules', 'triggers', 'runtimes'].map((resource) => grant(resource, ['create', 'update'], inPack(pack))),
    grant('actions', ['execute'], { refs: ['core.noop'] }),
  );

test.each(Object.keys(bodies))('POST /%s with a ref that names a foreign pack is 403', async (kind) => {
  const token = await writerOf('mine');
  const body = { pack_ref: 'mine', label: 'w', ...bodies[kind] };

  const refused = await send('POST', `/${kind}`, { ...body, ref: `vault.${kind}` }, token);

  expect([refused.statusCode, refused.json<{ error: string }>().error]).toEqual([
    403,
    "Insufficient permissions: packs:read of pack 'vault'",
  ]);
  expect(await statusOf('POST', `/${kind}`, { ...body, ref: `mine.${kind}` }, token)).toBe(201);
});

test('a ref may name a foreign pack for a caller that may write into it', async () => {
  const reader = await holder(
    grant('packs', ['read'], { refs: ['mine', 'vault'] }),
    grant('triggers', ['create'], inPack('mine')),
  );
  const body = { pack_ref: 'mine', label: 't' };

  const refused = await send('POST', '/triggers', { ...body, ref: 'vault.read-only' }, reader);

  expect(refused.json()).toMatchObject({ error: "Insufficient permissions: triggers:create of pack 'vault'" });
  expect(await statusOf('POST', '/triggers', { ...body, ref: 'vault.by-admin' })).toBe(201);
});

test('an action is executed with the rights for its own pack', async () => {
  const execute = async (pack: string) =>
    statusOf(
      'POST',
      '/executions/execute',
      { action_ref: 'later.act' },
      await holder(grant('actions', ['execute'], inPack(pack))),
    );

  expect([await execute('mine'), await execute('later')]).toEqual([201, 403]);
});

test('an execution is read with the rights for the pack of its action', async () => {
  const made = await send('POST', '/executions/execute', { action_ref: 'later.act' });
  const { id } = made.json<{ data: { id: number } }>().data;
  const read = async (pack: string) =>
    statusOf('GET', `/executions/${id}`, undefined, await holder(grant('executions', ['read'], inPack(pack))));

  expect([await read('mine'), await read('later')]).toEqual([200, 403]);
});

test.each([
  ['action', { owner_type: 'action', owner_action_ref: 'later.act' }],
  ['sensor', { owner_type: 'sensor', owner_sensor_ref: 'later.sensor' }],
])('a key of the %s is read with the rights for its pack', async (kind, owner) => {
  expect(await statusOf('POST', '/keys', key(`of.${kind}`, owner))).toBe(201);
  const read = async (pack: string) =>
    statusOf('GET', `/keys/of.${kind}`, undefined, await holder(grant('keys', ['read'], inPack(pack))));

  expect([await read('mine'), await read('later')]).toEqual([200, 404]);
});

const sensorToken = async (sensor_ref: string, triggers = ['later.happened'], token = adminToken()) => {
  const payload = { sensor_ref, trigger_types: triggers };
  const made = await testApi().send({ method: 'POST', url: '/auth/sensor-token', payload }, token);
  return { status: made.statusCode, token: made.json<{ data?: { token: string } }>().data?.token };
};

test('a sensor token opens the keys of the pack of its sensor', async () => {
  for (const pack of ['mine', 'later']) {
    await send('POST', '/keys', key(`opened.${pack}`, { owner_type: 'pack', owner_pack_ref: pack }));
  }
  const { token } = await sensorToken('later.sensor');

  expect(await statusOf('GET', '/keys/opened.mine', undefined, token)).toBe(200);
  expect(await statusOf('GET', '/keys/opened.later', undefined, token)).toBe(404);
});

test('a token for the sensors of one pack posts no events of another', async () => {
  const updater = await holder(grant('triggers', ['update'], inPack('mine')), grant('packs', ['read'], inPack('mine')));
  await send('POST', '/triggers', { ref: 'vault.opened', pack_ref: 'vault', label: 'opened' });

  expect((await sensorToken('mine.sensor', ['later.happened'], updater)).status).toBe(200);
  expect((await sensorToken('mine.sensor', ['vault.opened'], updater)).status).toBe(403);
  expect((await sensorToken('vault.sensor', ['later.happened'], updater)).status).toBe(403);
  expect((await sensorToken('mine.sensor', ['vault.planned'], updater)).status).toBe(403);
});

test('writing into a pack needs the right to read it', async () => {
  const blind = await holder(
    ...['actions', 'triggers', 'rules'].map((resource) => grant(resource, ['create', 'update', 'delete', 'execute'])),
  );
  const body = { pack_ref: 'vault', label: 'blind' };
  await send('POST', '/triggers', { ...body, ref: 'vault.seen' });
  const answers = [
    await send('POST', '/triggers', { ...body, ref: 'vault.unseen' }, blind),
    await send('POST', '/actions', { ...body, ...bodies.actions, ref: 'vault.unseen' }, blind),
    await send('POST', '/rules', { ...body, ...bodies.rules, ref: 'vault.unseen' }, blind),
    await send('PUT', '/triggers/vault.seen', { label: 'changed' }, blind),
    await send('DELETE', '/triggers/vault.seen', undefined, blind),
    await send('POST', '/triggers/vault.seen/disable', undefined, blind),
  ];

  expect(answers.map((answer) => [answer.statusCode, answer.json<{ error: string }>().error])).toEqual(
    answers.map(() => [403, "Insufficient permissions: packs:read of pack 'vault'"]),
  );
});
