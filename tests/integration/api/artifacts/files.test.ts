import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { CreateArtifact } from '../../../../contract/artifact-requests';
import { randomName } from '../../../../helpers/scenario/names';
import { createArtifactMaintenance } from '../../../../platform/executor/retention/artifact-maintenance';
import { createVersionRemoval } from '../../../../platform/executor/retention/expired-rows';
import {
  completeExecution,
  createClientWithGrants,
  leaseExecution,
  newActionRef,
  readGrant,
  withArtifactApi,
} from './with-artifact-api';

const api = withArtifactApi();
const log = pino({ level: 'silent' });

const newRef = () => `demo.f${randomName(8)}`;
const create = (more: Partial<CreateArtifact> = {}) =>
  api().writer.artifacts.create({ ref: newRef(), scope: 'pack', owner: 'demo', type: 'file_text', ...more });
const fileAt = (path: string) => join(api().directory, 'artifacts', '1', path);
const maintain = () => createArtifactMaintenance(api().db, api().directory, log)();
const age = (id: number, hours: number) =>
  api().owner.query(`update artifact_version set created = created - $2 * interval '1 hour' where artifact = $1`, [
    ...[id, hours],
  ]);

test('a program writes the file of a version, and a download returns its bytes', async () => {
  const { id, ref } = await create({ content_type: 'text/csv' });

  const version = await api().writer.artifacts.addFile(id, { meta: { a: 1 }, created_by: 'me' });

  const file_path = `${ref.replace('.', '/')}/v1.csv`;
  expect(version).toMatchObject({ version: 1, file_path, content_type: 'text/csv', size_bytes: null, meta: { a: 1 } });
  await expect(api().writer.artifacts.download(id)).rejects.toMatchObject({ status: 404 });
  writeFileSync(fileAt(file_path), 'a,b\n');
  expect(await api().writer.artifacts.download(id)).toBe('a,b\n');
  expect((await api().writer.artifacts.addFile(id, { content_type: 'image/png' })).file_path).toBe(
    file_path.replace('v1.csv', 'v2.png'),
  );
});

test('a file of a new ref creates the artifact of the defaults', async () => {
  const ref = newRef();
  const version = await api().writer.artifacts.addFileByRef(ref, { owner: 'demo.act', visibility: 'public' });

  expect(version.file_path).toBe(`${ref.replace('.', '/')}/v1.txt`);
  expect(await api().writer.artifacts.byRef(ref)).toMatchObject({
    type: 'file_text',
    scope: 'action',
    owner: 'demo.act',
    visibility: 'public',
    retention_limit: 10,
  });
});

test.each<[Partial<CreateArtifact>, string]>([
  [{ type: 'progress' }, 'type'],
  [{ type: 'url' }, 'type'],
  [{ ref: 'demo/a' }, 'ref'],
  [{ ref: 'demo..a' }, 'ref'],
  [{ ref: '../../a' }, 'ref'],
  [{ ref: `demo.${'a'.repeat(256)}` }, 'ref'],
])('an artifact with %j has no files', async (more, path) => {
  const { id, ref } = await create(more);
  const refused = { status: 400, code: 'BAD_REQUEST', body: { details: { path } } };

  await expect(api().writer.artifacts.addFile(id)).rejects.toMatchObject(refused);
  await api().writer.artifacts.remove(id);
  await expect(
    api().writer.artifacts.addFileByRef(ref, { ...(more.type && { type: more.type }) }),
  ).rejects.toMatchObject(refused);
  await expect(api().writer.artifacts.byRef(ref)).rejects.toMatchObject({ status: 404 });
});

test('a link that a program made is neither read nor followed', async () => {
  const { id } = await create();
  const { file_path } = await api().writer.artifacts.addFile(id);
  writeFileSync(join(api().directory, 'secret'), 'secret');
  symlinkSync(join(api().directory, 'secret'), fileAt(file_path!));

  await expect(api().writer.artifacts.download(id)).rejects.toMatchObject({ status: 404 });
  const other = newRef();
  mkdirSync(fileAt('demo'), { recursive: true });
  symlinkSync(api().directory, fileAt(other.replace('.', '/')));
  await expect(api().writer.artifacts.addFileByRef(other)).rejects.toMatchObject({ status: 409, code: 'CONFLICT' });
  expect(readdirSync(api().directory)).not.toContain('v1.txt');
  await expect(api().writer.artifacts.byRef(other)).rejects.toMatchObject({ status: 404 });
});

test('the file goes with its version, however that is removed', async () => {
  const { id } = await create({ retention_limit: 2 });
  const paths: string[] = [];
  for (let n = 0; n < 4; n++) {
    const { file_path } = await api().writer.artifacts.addFile(id);
    writeFileSync(fileAt(file_path!), String(n));
    paths.push(fileAt(file_path!));
  }
  const found = () => paths.map((path) => existsSync(path));
  await maintain();
  expect(found()).toEqual([false, false, true, true]);
  await api().writer.artifacts.removeVersion(id, 3);
  await maintain();
  expect(found()).toEqual([false, false, false, true]);
  await api().writer.artifacts.remove(id);
  await maintain();
  expect(found()).toEqual([false, false, false, false]);
  expect((await api().owner.query('select from removed_artifact_file')).rowCount).toBe(0);
});

test('a new artifact of a removed ref has neither its bytes nor its removal', async () => {
  const { id, ref } = await create();
  const { file_path } = await api().writer.artifacts.addFile(id);
  writeFileSync(fileAt(file_path!), 'old');
  await api().writer.artifacts.remove(id);

  const version = await api().writer.artifacts.addFileByRef(ref);
  expect(version.file_path).toBe(file_path);
  await expect(api().writer.artifacts.download(version.artifact)).rejects.toMatchObject({ status: 404 });
  writeFileSync(fileAt(file_path!), 'new');
  await maintain();

  expect(await api().writer.artifacts.download(version.artifact)).toBe('new');
});

test('the size of a file is recorded when its execution has ended', async () => {
  const { execution } = await leaseExecution(api(), newActionRef());
  const { id } = await create();
  const { file_path } = await api().writer.artifacts.addFile(id, { execution });
  writeFileSync(fileAt(file_path!), '12345');

  await maintain();
  expect((await api().writer.artifacts.latest(id)).size_bytes).toBeNull();
  await completeExecution(api(), execution);
  await maintain();

  expect((await api().writer.artifacts.latest(id)).size_bytes).toBe(5);
  expect((await api().writer.artifacts.get(id)).size_bytes).toBe(5);
});

test('a file is streamed while it grows, until its execution has ended', async () => {
  const { execution } = await leaseExecution(api(), newActionRef());
  const { id } = await create();
  const { file_path } = await api().writer.artifacts.addFile(id, { execution });
  const events = api().writer.artifacts.follow(id);
  const received = [(await events.next()).value];
  writeFileSync(fileAt(file_path!), 'one');
  received.push((await events.next()).value);
  writeFileSync(fileAt(file_path!), 'one two');
  received.push((await events.next()).value);
  await completeExecution(api(), execution);
  received.push((await events.next()).value);

  expect(received).toMatchObject([
    { event: 'waiting' },
    { event: 'content', data: 'one' },
    { event: 'append', data: ' two' },
    { event: 'done' },
  ]);
});

test('AU-03 a reader of an artifact gets nothing more once it is private', async () => {
  const { execution } = await leaseExecution(api(), newActionRef());
  const { id } = await create({ visibility: 'public' });
  const { file_path } = await api().writer.artifacts.addFile(id, { execution });
  const reader = await createClientWithGrants(api(), [readGrant('artifacts')]);
  const events = reader.artifacts.follow(id);
  expect((await events.next()).value).toMatchObject({ event: 'waiting' });

  await api().writer.artifacts.update(id, { visibility: 'private' });

  const ended = { event: 'error', data: 'the permission to read this has ended' };
  expect((await events.next()).value).toMatchObject(ended);
  writeFileSync(fileAt(file_path!), 'secret');
  expect((await events.next()).done).toBe(true);
});

test.each(['days', 'hours', 'minutes'] as const)('a version is kept for its %s and no longer', async (policy) => {
  const { id } = await create({ retention_policy: policy, retention_limit: 2 });
  const limitHours = { days: 48, hours: 2, minutes: 2 / 60 }[policy];
  await api().writer.artifacts.upload(id, Buffer.from('kept'));
  await age(id, limitHours * 0.9);
  await createVersionRemoval(api().db, log)();
  expect(await api().writer.artifacts.versions(id)).toHaveLength(1);

  await age(id, limitHours * 0.2);
  await createVersionRemoval(api().db, log)();

  expect(await api().writer.artifacts.versions(id)).toEqual([]);
  expect((await api().writer.artifacts.get(id)).size_bytes).toBeNull();
});

test('versions of a number of versions, and logs, do not expire by age', async () => {
  const { id } = await create({ retention_limit: 5 });
  await api().writer.artifacts.addVersion(id, { content: 1 });
  await age(id, 24 * 365);

  await createVersionRemoval(api().db, log)();

  expect(await api().writer.artifacts.versions(id)).toHaveLength(1);
});
