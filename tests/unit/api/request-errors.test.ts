import { Type } from '@sinclair/typebox';
import type { InjectOptions } from 'fastify';
import { optionalOrNull } from '../../../contract/json';
import type { Api } from '../../../platform/api/http/context';
import { buildApi } from '../../../platform/api/http/server';
import { contextWithoutDatabase } from './context-without-database';

const Body = Type.Object({
  name: Type.String({ minLength: 2, maxLength: 4 }),
  count: Type.Optional(Type.Integer({ minimum: 1 })),
  config: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
  note: optionalOrNull(Type.String({ minLength: 2 })),
});

const probeRoutes = (api: Api) => {
  const config = { isPublic: true };
  api.post('/probe', { config, schema: { body: Body } }, (request, reply) => void reply.send({ data: request.body }));
  api.get(
    '/probe/:id',
    {
      config,
      schema: {
        params: Type.Object({ id: Type.Integer() }),
        querystring: Type.Object({
          page: Type.Optional(Type.Integer({ minimum: 0, saturates: true })),
          flag: Type.Optional(Type.Boolean()),
        }),
      },
    },
    (request, reply) => void reply.send({ data: { ...request.params, ...request.query } }),
  );
  api.post('/probe/:id/stop', { config: { ...config, ignoresBody: true } }, (_request, reply) => void reply.send({}));
  api.get('/guarded/:ref', { config: { grant: null } }, (_request, reply) => void reply.send({}));
  api.post(
    '/probe/guarded',
    { config: { grant: null }, schema: { body: Body } },
    (_request, reply) => void reply.send({}),
  );
};

const api = buildApi(contextWithoutDatabase, [probeRoutes]);
afterAll(() => api.close());

const post = (body: string | Buffer, type = 'application/json', url = '/probe'): InjectOptions => ({
  method: 'POST',
  url,
  headers: type === '' ? {} : { 'content-type': type },
  payload: body,
});

const nestedBody = (depth: number): string => `{"name":"ab","config":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
const TEXT_TYPE = 'text/plain; charset=utf-8';
const NOT_JSON = 'the body must be JSON: send it with Content-Type: application/json';

const REJECTED_REQUESTS: [string, InjectOptions, number, string][] = [
  ['broken JSON', post('{"name":'), 400, 'the body cannot be read: it is no JSON, or ends too early'],
  ['text after the JSON', post('{} x'), 400, 'the body cannot be read: it is no JSON at position 3'],
  ['NaN', post('{"name":NaN}'), 400, 'the body cannot be read: it is no JSON, or ends too early'],
  ['two byte order marks', post('\ufeff\ufeff{}'), 400, 'the body cannot be read: it is no JSON, or ends too early'],
  [
    'a number beyond a double',
    post('{"count":1e999}'),
    400,
    'the body cannot be read: the number at /count is too large',
  ],
  [
    'half a surrogate pair',
    post('{"name":"\\ud800"}'),
    400,
    'the body cannot be read: the text at /name has half a surrogate pair',
  ],
  ['bytes that are no UTF-8', post(Buffer.from([0x7b, 0xff, 0x7d])), 400, 'the body cannot be read: it is not UTF-8'],
  ['129 levels', post(nestedBody(127)), 400, 'the body cannot be read: it is nested more than 128 levels deep'],
  ['10,000 levels', post(nestedBody(10_000)), 400, 'the body cannot be read: it is nested more than 128 levels deep'],
  ['an empty body', post(''), 400, 'the body is empty: send a JSON object'],
  ['no content type', post('{}', ''), 415, NOT_JSON],
  ['no body and no type', { method: 'POST', url: '/probe' }, 415, NOT_JSON],
  ['JSON sent as text', post('{"name":"ab"}', 'text/plain'), 415, NOT_JSON],
  ['a form', post('name=ab', 'application/x-www-form-urlencoded'), 415, NOT_JSON],
  [
    'a body past 2 MiB',
    post(`{"name":"${'a'.repeat(2 * 1_024 * 1_024)}"}`),
    413,
    'the body is larger than 2097152 bytes',
  ],
  ['a field of the wrong type', post('{"name":5}'), 422, 'name must be a text'],
  ['a number as text', post('{"name":"ab","count":"5"}'), 422, 'count must be a whole number'],
  ['null for a list of one kind', post('{"name":null}'), 422, 'name must be a text'],
  [
    'null for a field that may be left out, but not be null',
    post('{"name":"ab","count":null}'),
    422,
    'count must be a whole number',
  ],
  ['a missing field beside a short one', post('{"count":0}'), 422, 'name is required'],
  ['a list for an object', post('[]'), 422, 'body must be an object'],
  ['a word for an id', { url: '/probe/x' }, 400, 'path id must be a whole number'],
  ['a space for an id', { url: '/probe/%20' }, 400, 'path id must be a whole number'],
  ['a fraction for an id', { url: '/probe/1.5' }, 400, 'path id must be a whole number'],
  ['an id beyond int64', { url: '/probe/9223372036854775808' }, 400, 'path id must be a whole number'],
  ['a broken percent sign', { url: '/probe/%zz' }, 400, 'the path has a percent sign that encodes no character'],
  ['a negative page', { url: '/probe/1?page=-1' }, 400, 'query page must be at least 0'],
  ['a word for a page', { url: '/probe/1?page=x' }, 400, 'query page must be a whole number'],
  ['a page twice', { url: '/probe/1?page=1&page=2' }, 400, 'query page must be a whole number'],
  ['TRUE for a boolean', { url: '/probe/1?flag=TRUE' }, 400, 'query flag must be true or false'],
  ['1 for a boolean', { url: '/probe/1?flag=1' }, 400, 'query flag must be true or false'],
];

test.each(REJECTED_REQUESTS)('IN-01 IN-02 IN-04 %s is refused as plain text', async (_what, request, status, text) => {
  const response = await api.inject(request);

  expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([status, TEXT_TYPE, text]);
});

test.each([
  ['an unknown path', { url: '/nowhere' }, 404],
  ['an unknown path with a body', post('{', 'text/plain', '/nowhere'), 404],
  ['a trailing slash', { url: '/probe/1/' }, 404],
  ['a guarded path with nothing for its name', { url: '/guarded/' }, 404],
  ['two slashes', { url: '//probe/1' }, 404],
  ['a wrong method', { method: 'DELETE', url: '/probe/1' }, 405],
  ['a wrong method with a body', { ...post('{', 'text/plain', '/probe/1'), method: 'PUT' }, 405],
  ['a guarded path with a wrong method', { method: 'PATCH', url: '/probe/guarded' }, 405],
] as [string, InjectOptions, number][])(
  'IN-08 %s is answered without a body or a look at the token',
  async (_what, request, status) => {
    const response = await api.inject(request);

    expect([response.statusCode, response.body]).toEqual([status, '']);
  },
);

test('null for an optional field is dropped', async () => {
  expect((await api.inject(post('{"name":"ab","note":null,"other":null}'))).json()).toEqual({
    data: { name: 'ab', other: null },
  });
  expect((await api.inject(post('{"name":"ab","note":"n"}'))).statusCode).toBe(422);
});

test('fields out of bounds are listed with the expected values', async () => {
  const response = await api.inject(post('{"name":"a","count":0}'));

  expect([response.statusCode, response.json()]).toEqual([
    422,
    {
      error: 'name must have at least 2 characters, it has 1; count must be at least 1',
      code: 'VALIDATION_ERROR',
      details: {
        fields: [
          { path: 'name', message: 'must have at least 2 characters, it has 1' },
          { path: 'count', message: 'must be at least 1' },
        ],
      },
    },
  ]);
});

test.each([
  ['in a value', '{"name":"ab","config":{"a":["x\\u0000y"]}}', '/config/a/0'],
  ['in a key', '{"name":"ab","config":{"x\\u0000y":1}}', '/config/x\0y'],
])('IN-04 a NUL character %s is rejected with its place', async (_where, body, path) => {
  const response = await api.inject(post(body));

  expect([response.statusCode, response.json()]).toMatchObject([
    422,
    { code: 'VALIDATION_ERROR', details: { reason: 'NUL', path } },
  ]);
});

test.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.api+json', 'APPLICATION/JSON'])(
  '%s is JSON',
  async (type) => {
    const response = await api.inject(post('{"name":"ab"}', type));

    expect([response.statusCode, response.json()]).toEqual([200, { data: { name: 'ab' } }]);
  },
);

test('IN-03 keys named like parts of a prototype are data', async () => {
  const body = '{"name":"ab","config":{"__proto__":{"polluted":1},"constructor":{"prototype":2},"prototype":3}}';

  const response = await api.inject(post(body));

  expect(response.body).toBe(`{"data":${body}}`);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('IN-02 the last of duplicate keys is validated and kept', async () => {
  expect((await api.inject(post('{"name":5,"name":"ab"}'))).body).toBe('{"data":{"name":"ab"}}');
  expect((await api.inject(post('{"name":"ab","name":5}'))).statusCode).toBe(422);
});

test('IN-02 128 levels and 200,000 keys are parsed and returned', async () => {
  const wide = JSON.stringify({
    name: 'ab',
    config: Object.fromEntries(Array.from({ length: 100_000 }, (_, k) => [`k${k}`, k])),
  });

  expect((await api.inject(post(nestedBody(126)))).body).toBe(`{"data":${nestedBody(126)}}`);
  expect((await api.inject(post(wide))).body).toBe(`{"data":${wide}}`);
});

test.each([
  ['/probe/7', { id: 7 }],
  ['/probe/-7', { id: -7 }],
  ['/probe/7?page=007&flag=false&unknown=1', { id: 7, page: 7, flag: false, unknown: '1' }],
  ['/probe/9223372036854775807', { id: Number.MAX_SAFE_INTEGER }],
  ['/probe/7?page=99999999999999999999', { id: 7, page: Number.MAX_SAFE_INTEGER }],
])('%s is coerced by its schema', async (url, read) => {
  expect((await api.inject({ url })).json()).toEqual({ data: read });
});

test.each([
  post('{', 'application/json', '/probe/1/stop'),
  post('x', 'text/plain', '/probe/1/stop'),
  { method: 'POST', url: '/probe/1/stop' },
] as InjectOptions[])('a route that ignores bodies reads none (%#)', async (request) => {
  expect((await api.inject(request)).statusCode).toBe(200);
});

test('IN-01 the token is checked before the body is read', async () => {
  const response = await api.inject(post('{', 'text/plain', '/probe/guarded'));

  expect([response.statusCode, response.body]).toEqual([
    401,
    '{"error":{"code":401,"message":"Missing authentication token"}}',
  ]);
});

test('IN-01 a compressed body is rejected', async () => {
  const request = post('{}');
  const response = await api.inject({ ...request, headers: { ...request.headers, 'content-encoding': 'gzip' } });

  expect([response.statusCode, response.body]).toEqual([
    400,
    'the body must not be compressed: send it without Content-Encoding',
  ]);
});
