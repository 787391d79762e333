import { randomName } from '../../../../helpers/scenario/names';
import { withArtifactApi } from './with-artifact-api';

const api = withArtifactApi();

const LIMIT = 2 * 1_024 * 1_024;
const newRef = () => `demo.b${randomName(8)}`;
const NEW = { scope: 'pack', owner: 'demo', type: 'file_text' } as const;

async function send(method: string, path: string, body: object): Promise<[number, string | undefined]> {
  const isForm = body instanceof FormData;
  const response = await fetch(`${api().url}/api/v1/artifacts${path}`, {
    method,
    headers: {
      authorization: `Bearer ${api().writerToken}`,
      ...(!isForm && { 'content-type': 'application/json' }),
    },
    body: isForm ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return [response.status, isJson ? (JSON.parse(text) as { code?: string }).code : undefined];
}

const newArtifact = (more: object): object => ({ ref: newRef(), ...NEW, ...more });

test.each<[string, object, number, string | undefined]>([
  ['a blank ref', { ref: ' \t' }, 400, 'BAD_REQUEST'],
  ['no ref', { ref: undefined }, 422, undefined],
  ['a ref that is too long', { ref: 'r'.repeat(513) }, 422, 'VALIDATION_ERROR'],
  ['an unknown type', { type: 'file_video' }, 422, undefined],
  ['an unknown scope', { scope: 'tenant' }, 422, undefined],
  ['no owner', { owner: undefined }, 422, undefined],
  ['an unknown policy', { retention_policy: 'weeks' }, 422, undefined],
  ['a limit of zero', { retention_limit: 0 }, 422, 'VALIDATION_ERROR'],
  ['a limit that is no integer of the database', { retention_limit: 2_147_483_648 }, 422, 'VALIDATION_ERROR'],
  ['a content type with a line break', { content_type: 'text/plain\r\nx: y' }, 422, 'VALIDATION_ERROR'],
  ['a NUL character', { name: 'a\0b' }, 422, 'VALIDATION_ERROR'],
])('a new artifact with %s is refused', async (_what, more, status, code) => {
  const before = (await api().writer.artifacts.list()).length;

  expect(await send('POST', '', newArtifact(more))).toEqual([status, code]);

  expect(await api().writer.artifacts.list()).toHaveLength(before);
});

const existing = async () => (await api().writer.artifacts.create({ ref: newRef(), ...NEW })).id;

test.each<[string, object, number, string | undefined]>([
  ['a plain value for a patch', { name: 'new' }, 422, undefined],
  ['a limit of zero', { retention_limit: 0 }, 422, 'VALIDATION_ERROR'],
  ['an unknown visibility', { visibility: 'secret' }, 422, undefined],
])('a change with %s is refused', async (_what, change, status, code) => {
  const id = await existing();
  const before = await api().writer.artifacts.get(id);

  expect(await send('PUT', `/${id}`, change)).toEqual([status, code]);

  expect(await api().writer.artifacts.get(id)).toEqual(before);
});

test.each<[string, string, object, number, string | undefined]>([
  ['progress without an entry', '/progress', {}, 422, undefined],
  ['progress on another type', '/progress', { entry: 1 }, 400, 'BAD_REQUEST'],
  ['a version without content', '/versions', { meta: {} }, 422, undefined],
  ['a version of an unknown execution', '/versions', { content: 1, execution: 987_654 }, 404, 'NOT_FOUND'],
])('%s is refused', async (_what, path, body, status, code) => {
  const id = await existing();

  expect(await send('POST', `/${id}${path}`, body)).toEqual([status, code]);

  expect(await api().writer.artifacts.versions(id)).toEqual([]);
});

interface FormPart {
  readonly name: string;
  readonly value: string | Blob;
}
const file = (bytes = 1): FormPart => ({ name: 'file', value: new Blob([new Uint8Array(bytes)]) });
const text = (name: string, value: string): FormPart => ({ name, value });

function formOf(parts: readonly FormPart[]): FormData {
  const form = new FormData();
  for (const { name, value } of parts) form.append(name, value);
  return form;
}

test.each<[string, FormPart[], number, string | undefined]>([
  ['no file', [text('content_type', 'text/plain')], 400, 'BAD_REQUEST'],
  ['a text in place of the file', [text('file', 'text')], 400, 'BAD_REQUEST'],
  ['two files', [file(), file()], 400, 'BAD_REQUEST'],
  ['a file that is one byte too large', [file(LIMIT + 1)], 400, 'BAD_REQUEST'],
  ['a field that is too large', [file(), text('description', 'x'.repeat(LIMIT + 1))], 400, 'BAD_REQUEST'],
  ['meta that is no JSON', [file(), text('meta', '{')], 400, 'BAD_REQUEST'],
  ['a NUL character in meta', [file(), text('meta', '"\\u0000"')], 422, 'VALIDATION_ERROR'],
  ['a NUL character in a field', [file(), text('created_by', 'a\0')], 422, 'VALIDATION_ERROR'],
  ['an unknown type', [file(), text('type', 'video')], 400, 'BAD_REQUEST'],
  ['a limit that is no number', [text('retention_limit', 'ten'), file()], 400, 'BAD_REQUEST'],
  ['a limit of zero', [file(), text('retention_limit', '0')], 400, 'BAD_REQUEST'],
  ['a content type that is none', [file(), text('content_type', 'text')], 400, 'BAD_REQUEST'],
  ['an unknown execution', [file(), text('execution', '987654')], 404, 'NOT_FOUND'],
])('an upload with %s is refused whole', async (_what, parts, status, code) => {
  const [id, ref] = [await existing(), newRef()];

  expect(await send('POST', `/${id}/versions/upload`, formOf(parts))).toEqual([status, code]);
  expect(await send('POST', `/ref/${ref}/versions/upload`, formOf(parts))).toEqual([status, code]);

  expect(await api().writer.artifacts.versions(id)).toEqual([]);
  await expect(api().writer.artifacts.byRef(ref)).rejects.toMatchObject({ status: 404 });
});

test('a file of the limit is accepted; the order of fields does not matter', async () => {
  const id = await existing();
  const parts = [
    text('other', 'x'),
    file(LIMIT),
    { name: 'ignored', value: new Blob(['x']) },
    text('created_by', 'me'),
  ];

  expect(await send('POST', `/${id}/versions/upload`, formOf(parts))).toEqual([201, undefined]);

  expect(await api().writer.artifacts.latest(id)).toMatchObject({ size_bytes: LIMIT, created_by: 'me' });
});

test('an upload must be a form; a blank ref of one is refused', async () => {
  const id = await existing();

  expect(await send('POST', `/${id}/versions/upload`, {})).toEqual([415, undefined]);
  expect(await send('POST', `/ref/${encodeURIComponent(' ')}/versions/upload`, formOf([file()]))).toEqual([
    ...[400, 'BAD_REQUEST'],
  ]);
});
