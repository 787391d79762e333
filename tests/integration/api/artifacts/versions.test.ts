import { NewFileByRef, type CreateArtifact } from '../../../../contract/artifact-requests';
import { randomName } from '../../../../helpers/scenario/names';
import { createGrantHolder } from '../grant-holder';
import { withArtifactApi, WRITE_ALL } from './with-artifact-api';

const api = withArtifactApi();

const newRef = () => `demo.v${randomName(8)}`;
const create = async (more: Partial<CreateArtifact> = {}) =>
  api().writer.artifacts.create({ ref: newRef(), scope: 'pack', owner: 'demo', type: 'file_binary', ...more });
const numbersOf = async (id: number) => (await api().writer.artifacts.versions(id)).map(({ version }) => version);

test('a version of JSON is returned, and downloaded, as it was sent', async () => {
  const { id, ref } = await create({ type: 'other' });
  const content = { list: [1, 2.5, null], text: 'ü' };

  const version = await api().writer.artifacts.addVersion(id, { content, meta: { a: 1 }, created_by: 'me' });

  expect(version).toEqual({
    id: expect.any(Number) as number,
    artifact: id,
    version: 1,
    content_type: 'application/json',
    size_bytes: 33,
    content_json: content,
    meta: { a: 1 },
    created_by: 'me',
    created: expect.any(String) as string,
  });
  expect(JSON.parse(await api().writer.artifacts.download(id))).toEqual(content);
  expect(await api().writer.artifacts.byRef(ref)).toMatchObject({ size_bytes: 33, content_type: 'application/json' });
  await api().writer.artifacts.addVersion(id, { content: 'plain "text"', content_type: 'text/plain' });
  expect(await api().writer.artifacts.download(id)).toBe('plain "text"');
  expect(await api().writer.artifacts.addVersion(id, { content: null })).toMatchObject({ size_bytes: 4 });
  expect(await api().writer.artifacts.download(id)).toBe('null');
});

test('uploaded bytes are downloaded unchanged', async () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_none, n) => (n * 31) % 256));
  const { id } = await create();

  const version = await api().writer.artifacts.upload(id, bytes, {
    content_type: 'image/png',
    meta: [1],
    created_by: 'm',
  });

  expect(version).toMatchObject({
    version: 1,
    size_bytes: 100_000,
    content_type: 'image/png',
    meta: [1],
    created_by: 'm',
  });
  expect(version).not.toHaveProperty('file_path');
  expect((await api().writer.artifacts.downloadBytes(id)).equals(bytes)).toBe(true);
  await api().writer.artifacts.upload(id, Buffer.alloc(0));
  expect(await api().writer.artifacts.downloadBytes(id)).toHaveLength(0);
  expect(await api().writer.artifacts.latest(id)).toMatchObject({
    version: 2,
    size_bytes: 0,
    content_type: 'application/octet-stream',
  });
});

test('an upload to a new ref creates the artifact with the fields of the form', async () => {
  const ref = newRef();
  const fields = {
    ...({ scope: 'pack', owner: 'demo', type: 'file_image', visibility: 'public', retention_limit: 3 } as const),
    name: 'N',
    description: 'D',
    content_type: 'image/png',
  };
  const version = await api().writer.artifacts.uploadByRef(ref, Buffer.from('1'), fields);

  expect(await api().writer.artifacts.byRef(ref)).toMatchObject({ ...fields, id: version.artifact, size_bytes: 1 });
  await api().writer.artifacts.uploadByRef(ref, Buffer.from('22'), { name: 'other', scope: 'system' });
  expect(await api().writer.artifacts.byRef(ref)).toMatchObject({ name: 'N', scope: 'pack', size_bytes: 2 });
  const plain = newRef();
  await api().writer.artifacts.uploadByRef(plain, Buffer.from('1'));
  expect(await api().writer.artifacts.byRef(plain)).toMatchObject({
    type: 'file_text',
    scope: 'action',
    owner: '',
    visibility: 'private',
    retention_policy: 'versions',
    retention_limit: 10,
  });
});

test('an empty text in the form of an upload is the same as no field', async () => {
  const ref = newRef();
  const names = Object.keys(NewFileByRef.properties);
  const form = new FormData();
  for (const name of names) form.append(name, '');
  form.append('file', new Blob(['1'], { type: 'text/csv' }), 'a.csv');
  const headers = { authorization: `Bearer ${await createGrantHolder(api().owner, WRITE_ALL)}` };
  const url = `${api().url}/api/v1/artifacts/ref/${ref}`;

  const response = await fetch(`${url}/versions/upload`, { method: 'POST', headers, body: form });

  expect([response.status, await response.json()]).toEqual([201, { data: expect.anything() as unknown }]);
  expect(await (await fetch(url, { headers })).json()).toMatchObject({
    data: { type: 'file_text', scope: 'action', owner: '', name: null, content_type: 'text/csv' },
  });
});

test('versions that are uploaded at once get distinct numbers', async () => {
  const ref = newRef();
  const upload = (n: number) =>
    api().writer.artifacts.uploadByRef(ref, Buffer.from(String(n)), {
      owner: 'demo',
      scope: 'pack',
      retention_limit: 50,
    });

  const versions = await Promise.all(Array.from({ length: 20 }, (_none, n) => upload(n)));

  const expected = Array.from({ length: 20 }, (_none, n) => 20 - n);
  expect(versions.map(({ version }) => version).sort((a, b) => b - a)).toEqual(expected);
  const { id } = await api().writer.artifacts.byRef(ref);
  expect(await numbersOf(id)).toEqual(expected);
  const contents = await Promise.all(expected.map((n) => api().writer.artifacts.downloadVersion(id, n)));
  expect(new Set(contents).size).toBe(20);
});

test('the oldest versions beyond the limit are removed with their bytes', async () => {
  const { id } = await create({ retention_limit: 2 });
  for (const text of ['one', 'two', 'three']) await api().writer.artifacts.upload(id, Buffer.from(text));

  expect(await numbersOf(id)).toEqual([3, 2]);
  await expect(api().writer.artifacts.downloadVersion(id, 1)).rejects.toMatchObject({ status: 404 });
  await api().writer.artifacts.update(id, { retention_limit: 1 });
  expect(await numbersOf(id)).toEqual([3]);
  const { rows } = await api().owner.query<{ bytes: string }>(
    `select convert_from(bytes, 'UTF8') as bytes from artifact_content c join artifact_version v on v.id = c.version
    where v.artifact = $1`,
    [id],
  );
  expect(rows).toEqual([{ bytes: 'three' }]);
});

test('the number of a removed version is not used again', async () => {
  const { id } = await create();
  for (const text of ['one', 'three']) await api().writer.artifacts.upload(id, Buffer.from(text));

  await api().writer.artifacts.removeVersion(id, 2);

  expect((await api().writer.artifacts.get(id)).size_bytes).toBe(3);
  expect((await api().writer.artifacts.upload(id, Buffer.from('x'))).version).toBe(3);
  expect(await numbersOf(id)).toEqual([3, 1]);
  await expect(api().writer.artifacts.removeVersion(id, 2)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
});

test('stored bytes are streamed and the stream ends', async () => {
  const { id } = await create({ type: 'file_text' });
  const text = `${'ü'.repeat(40_000)}!`;
  await api().writer.artifacts.upload(id, Buffer.from(text));

  const events = [];
  for await (const event of api().writer.artifacts.follow(id)) events.push(event);

  expect(events.map(({ event }) => event)).toEqual(['content', 'append', 'done']);
  expect(events.map(({ data }) => data).join('')).toBe(text);
});
