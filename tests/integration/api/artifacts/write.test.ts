import type { CreateArtifact } from '../../../../contract/artifact-requests';
import type { JsonObject } from '../../../../contract/json';
import { createClient, type Client } from '../../../../helpers/client/client';
import { randomName } from '../../../../helpers/scenario/names';
import { WRITE_ALL, createClientWithGrants, readGrant, withArtifactApi } from './with-artifact-api';
import { tokenOfExecution } from '../test-tokens';

const api = withArtifactApi();

const newRef = () => `demo.r${randomName(8)}`;
const artifact = (more: Partial<CreateArtifact> = {}): CreateArtifact => ({
  ref: newRef(),
  scope: 'pack',
  owner: 'demo',
  type: 'other' as const,
  ...more,
});
const writeGrant = (action: string, constraints: JsonObject = {}): JsonObject => ({
  resource: 'artifacts',
  actions: [action],
  constraints,
});

test('an artifact is created whole, with defaults', async () => {
  const ref = newRef();
  const created = await api().writer.artifacts.create(artifact({ ref, data: { n: 1 }, name: 'A name' }));

  expect(created).toEqual({
    id: expect.any(Number) as number,
    ref,
    scope: 'pack',
    owner: 'demo',
    type: 'other',
    visibility: 'private',
    retention_policy: 'versions',
    retention_limit: 5,
    name: 'A name',
    description: null,
    content_type: null,
    size_bytes: null,
    data: { n: 1 },
    created: expect.any(String) as string,
    updated: expect.any(String) as string,
  });
  expect(await api().writer.artifacts.byRef(ref)).toEqual(created);
  const { visibility } = await api().writer.artifacts.create(artifact({ type: 'progress' }));
  expect(visibility).toBe('public');
});

test('the retention is that of the owner where the request has none', async () => {
  await api().owner.query(
    `insert into action (ref, pack_ref, label, artifact_retention_policy, artifact_retention_limit)
    values ('demo.kept', 'demo', 'kept', 'days', 3)`,
  );
  const kept = { scope: 'action', owner: 'demo.kept' } as const;

  expect(await api().writer.artifacts.create(artifact(kept))).toMatchObject({
    retention_policy: 'days',
    retention_limit: 3,
  });
  expect(
    await api().writer.artifacts.create(artifact({ ...kept, retention_policy: 'versions', retention_limit: 2 })),
  ).toMatchObject({ retention_policy: 'versions', retention_limit: 2 });
});

test('an update keeps what it does not name', async () => {
  const { id, ...before } = await api().writer.artifacts.create(artifact({ name: 'old', data: [1], description: 'd' }));

  const after = await api().writer.artifacts.update(id, {
    visibility: 'public',
    retention_limit: 7,
    name: { op: 'set', value: 'new' },
    data: { op: 'clear' },
  });

  expect(after).toEqual({
    ...before,
    id,
    visibility: 'public',
    retention_limit: 7,
    name: 'new',
    updated: expect.any(String) as string,
    data: undefined,
  });
  expect(Date.parse(after.updated)).toBeGreaterThan(Date.parse(before.updated));
});

test('progress is appended to a list, whatever the data were', async () => {
  const { id } = await api().writer.artifacts.create(artifact({ type: 'progress' }));
  expect((await api().writer.artifacts.appendProgress(id, { percent: 10 })).data).toEqual([{ percent: 10 }]);
  expect((await api().writer.artifacts.appendProgress(id, null)).data).toEqual([{ percent: 10 }, null]);
  await api().writer.artifacts.replaceData(id, { a: 1 });
  expect((await api().writer.artifacts.appendProgress(id, 'text')).data).toEqual([{ a: 1 }, 'text']);
  expect(await api().writer.artifacts.replaceData(id, null)).not.toHaveProperty('data');
});

test('entries that arrive together are all appended', async () => {
  const { id } = await api().writer.artifacts.create(artifact({ type: 'progress' }));

  await Promise.all(Array.from({ length: 20 }, (_none, n) => api().writer.artifacts.appendProgress(id, n)));

  const { data } = await api().writer.artifacts.get(id);
  expect((data as number[]).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_none, n) => n));
});

test('a removed artifact leaves no version and no bytes', async () => {
  const { id } = await api().writer.artifacts.create(artifact({ type: 'file_binary' }));
  await api().writer.artifacts.upload(id, Buffer.from('bytes'));

  expect(await api().writer.artifacts.remove(id)).toMatchObject({ success: true });

  await expect(api().writer.artifacts.get(id)).rejects.toMatchObject({ status: 404 });
  const { rows } = await api().owner.query<{ n: number }>(
    `select (select count(*) from artifact_version where artifact = $1) + (select count(*) from artifact_content c
      left join artifact_version v on v.id = c.version where v.id is null) as n`,
    [id],
  );
  expect(rows).toEqual([{ n: 0 }]);
});

type Write = (client: Client, id: number) => Promise<unknown>;
const WRITES: readonly [string, Write][] = [
  ['update', (client, id) => client.artifacts.update(id, { name: { op: 'set', value: 'x' } })],
  ['update', (client, id) => client.artifacts.appendProgress(id, 1)],
  ['update', (client, id) => client.artifacts.replaceData(id, 1)],
  ['update', (client, id) => client.artifacts.addVersion(id, { content: 1 })],
  ['update', (client, id) => client.artifacts.upload(id, Buffer.from('x'))],
  ['update', (client, id) => uploadToRef(client, id)],
  ['delete', (client, id) => client.artifacts.removeVersion(id, 1)],
  ['delete', (client, id) => client.artifacts.remove(id)],
];
const uploadToRef = async (client: Client, id: number) => {
  const { rows } = await api().owner.query<{ ref: string }>('select ref from artifact where id = $1', [id]);
  return client.artifacts.uploadByRef(rows[0]!.ref, Buffer.from('x'));
};

test('every write is 404 without the right to read, 403 without its own', async () => {
  const { id } = await api().writer.artifacts.create(artifact({ type: 'progress', visibility: 'private' }));
  await api().writer.artifacts.addVersion(id, { content: 1 });
  const hidden = await createClientWithGrants(api(), [
    writeGrant('update'),
    writeGrant('delete'),
    readGrant('artifacts'),
  ]);
  const reader = await createClientWithGrants(api(), [readGrant('artifacts'), readGrant('packs')]);

  for (const [, write] of WRITES) {
    await expect(write(hidden, id)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    await expect(write(reader, id)).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  }
  for (const [action, write] of WRITES) {
    const writer = await createClientWithGrants(api(), [
      readGrant('packs'),
      writeGrant(action, { pack_refs: ['demo'] }),
    ]);
    await expect(write(writer, id)).resolves.toBeDefined();
  }
});

test('the grant is checked before the type, the ref before the grant', async () => {
  const { id, ref } = await api().writer.artifacts.create(artifact({ type: 'url', visibility: 'public' }));
  const reader = await createClientWithGrants(api(), [readGrant('artifacts')]);

  await expect(reader.artifacts.appendProgress(id, 1)).rejects.toMatchObject({ status: 403 });
  await expect(api().writer.artifacts.appendProgress(id, 1)).rejects.toMatchObject({
    status: 400,
    code: 'BAD_REQUEST',
  });
  await expect(reader.artifacts.create(artifact({ ref }))).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
  await expect(reader.artifacts.create(artifact())).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
});

test('a change needs the grant for what it makes of the artifact', async () => {
  const { id } = await api().writer.artifacts.create(artifact());
  const limited = await createClientWithGrants(api(), [
    ...[readGrant('packs'), writeGrant('update', { owner_refs: ['demo'] })],
  ]);

  await expect(limited.artifacts.update(id, { owner: 'other' })).rejects.toMatchObject({ status: 403 });
  await expect(limited.artifacts.update(id, { description: { op: 'set', value: 'd' } })).resolves.toMatchObject({
    owner: 'demo',
  });
});

test('a creator manages its private artifacts with plain grants', async () => {
  const [creator, other] = [
    await createClientWithGrants(api(), WRITE_ALL),
    await createClientWithGrants(api(), WRITE_ALL),
  ];
  const { id } = await creator.artifacts.create(artifact({ scope: 'system', owner: '' }));

  await expect(other.artifacts.get(id)).rejects.toMatchObject({ status: 404 });
  await expect(creator.artifacts.update(id, { name: { op: 'set', value: 'n' } })).resolves.toMatchObject({ name: 'n' });
  await expect(creator.artifacts.remove(id)).resolves.toMatchObject({ success: true });
});

/** A token of a running action with a plain grant for everything about artifacts. */
async function executionClient(metadata: JsonObject, execution = 987_654): Promise<Client> {
  await api().owner.query(
    `insert into permission_set (ref, grants) values ('demo.write_all', $1) on conflict do nothing`,
    [JSON.stringify(WRITE_ALL)],
  );
  const token = await tokenOfExecution(execution, ['demo.write_all'], metadata);
  return createClient({ baseUrl: api().url, token });
}

test.each<[string, JsonObject, Partial<CreateArtifact>, boolean]>([
  ['of its own action', { action_ref: 'demo.act' }, { scope: 'action', owner: 'demo.act' }, true],
  ['of another action of its pack', { action_ref: 'demo.act' }, { scope: 'action', owner: 'demo.other' }, true],
  ['of another pack', { action_ref: 'demo.act' }, { scope: 'action', owner: 'other.act' }, false],
  ['of its pack itself', { action_ref: 'demo.act' }, { scope: 'pack', owner: 'demo' }, true],
  ['of another pack itself', { action_ref: 'demo.act' }, { scope: 'pack', owner: 'other' }, false],
  ['of a pack whose name has a dot', { action_ref: 'demo.act' }, { scope: 'pack', owner: 'demo.act' }, false],
  ['of a sensor of its pack', { action_ref: 'demo.act' }, { scope: 'sensor', owner: 'demo.sense' }, true],
  ['of a sensor of another pack', { action_ref: 'demo.act' }, { scope: 'sensor', owner: 'other.sense' }, false],
  ['of an action without a dot', { action_ref: 'demo.act' }, { scope: 'action', owner: 'demo' }, false],
  ['of the system', { action_ref: 'demo.act' }, { scope: 'system', owner: '' }, true],
  ['of an identity', { action_ref: 'demo.act' }, { scope: 'identity', owner: '1' }, true],
  ['without an action', {}, { scope: 'action', owner: 'demo.act' }, false],
])('a running action may or may not write artifacts %s', async (_what, metadata, more, isAllowed) => {
  const client = await executionClient(metadata);
  const body = artifact({ visibility: 'public', type: 'progress', ...more });
  const outcome = async (write: Promise<unknown>): Promise<boolean> => {
    try {
      await write;
      return true;
    } catch (error) {
      expect(error).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      return false;
    }
  };

  expect(await outcome(client.artifacts.create(body))).toBe(isAllowed);
  const { id } = await api().writer.artifacts.create({ ...body, ref: newRef() });
  await api().writer.artifacts.addVersion(id, { content: 1 });
  for (const [, write] of WRITES) expect(await outcome(write(client, id))).toBe(isAllowed);
  expect(await outcome(client.artifacts.uploadByRef(newRef(), Buffer.from('x'), more))).toBe(isAllowed);
});

test.each<[string, Partial<CreateArtifact>]>([
  ['another pack', { scope: 'pack', owner: 'other' }],
  ['an action of another pack', { scope: 'action', owner: 'other.act' }],
  ['an identity', { scope: 'identity', owner: '1' }],
  ['the system', { scope: 'system', owner: '' }],
])('each write to a hidden artifact of %s is 403 for a running action', async (_what, owner) => {
  const client = await executionClient({
    action_ref: 'demo.act',
    permission_set_refs: ['standard'],
    standard_access_action_refs: ['demo.act'],
    standard_access_pack_refs: ['demo'],
  });
  const data = [{ n: 1 }];
  const body = artifact({ visibility: 'private', type: 'progress', data, ...owner });
  const maker = await createClientWithGrants(api(), [
    ...[...WRITE_ALL, writeGrant('read', { owner_types: ['pack', 'action', 'identity', 'system'] })],
  ]);
  const { id } = await maker.artifacts.create(body);
  await maker.artifacts.addVersion(id, { content: 1 });

  for (const [, write] of WRITES)
    await expect(write(client, id)).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
  await expect(client.artifacts.create({ ...body, ref: newRef() })).rejects.toMatchObject({ status: 403 });
  await expect(client.artifacts.get(id)).rejects.toMatchObject({ status: 404 });
  await expect(client.artifacts.remove(987_654)).rejects.toMatchObject({ status: 404 });
  expect(await maker.artifacts.get(id)).toMatchObject({ data });
});

test('a running action may not give an artifact to another pack', async () => {
  const client = await executionClient({ action_ref: 'demo.act' });
  const { id } = await client.artifacts.create(artifact({ scope: 'action', owner: 'demo.act', visibility: 'public' }));

  await expect(client.artifacts.update(id, { owner: 'other.act' })).rejects.toMatchObject({ status: 403 });
  await expect(client.artifacts.update(id, { scope: 'pack', owner: 'other' })).rejects.toMatchObject({ status: 403 });
});

test('a version belongs to the named execution, or to that of the token', async () => {
  const { rows } = await api().owner.query<{ id: number }>(
    `insert into execution (action_ref, status) values ('demo.act', 'running'), ('demo.act', 'running') returning id`,
  );
  const [own, other] = rows.map(({ id }) => id);
  const client = await executionClient({ action_ref: 'demo.act' }, own);
  const ref = newRef();
  const owner = { scope: 'action', owner: 'demo.act', visibility: 'public' } as const;

  expect((await client.artifacts.uploadByRef(ref, Buffer.from('1'), owner)).execution).toBe(own);
  const { id } = await api().writer.artifacts.byRef(ref);
  expect((await client.artifacts.addVersion(id, { content: 2, execution: other! })).execution).toBe(other);
  expect(await api().writer.artifacts.addVersion(id, { content: 3 })).not.toHaveProperty('execution');
  await expect(client.artifacts.addVersion(id, { content: 4, execution: 987_654 })).rejects.toMatchObject({
    status: 404,
    code: 'NOT_FOUND',
  });
  expect((await api().writer.artifacts.ofExecution(own!)).map((found) => found.ref)).toEqual([ref]);
});
