import { Type } from '@sinclair/typebox';
import { extension } from '../../../contract/extension';
import type { Api } from '../../../platform/api/http/context';
import { buildApi } from '../../../platform/api/http/server';
import { contextWithoutDatabase } from './context-without-database';

const Part = Type.Object({ id: Type.Integer(), note: extension('a.note', Type.Optional(Type.Integer())) });
const Whole = Type.Object({
  part: Type.Unsafe({ anyOf: [Part, { type: 'null' }] }),
  parts: Type.Optional(Type.Array(Part)),
  data: Type.Optional(Type.Unsafe({})),
  limit: extension('a.limit', Type.Optional(Type.Integer({ minimum: 1 }))),
});
const Filter = Type.Object({
  of: Type.Optional(Type.Integer()),
  note: extension('a.note', Type.Optional(Type.Integer())),
});

const echoRoutes = (api: Api) => {
  const config = { isPublic: true };
  const header = 'idempotency-key';
  api.get('/read', { config, schema: { response: { 200: Whole } } }, () => everything);
  api.post('/read', { config, schema: { body: Whole, querystring: Filter } }, ({ body, query, headers }, reply) =>
    reply.send({ body, query, key: headers[header] ?? null }),
  );
};

const part = { id: 1, note: 2 };
const everything = { part, parts: [part, part], data: { limit: 3, note: 4 }, limit: 5 };

const plain = buildApi({ ...contextWithoutDatabase, extensions: false }, [echoRoutes]);
const extended = buildApi(contextWithoutDatabase, [echoRoutes]);
afterAll(() => Promise.all([plain.close(), extended.close()]));

const send = async (api: Api, body: object, query = ''): Promise<unknown> => {
  const headers = { 'idempotency-key': 'once' };
  const response = await api.inject({ method: 'POST', url: `/read${query}`, headers, payload: body });
  return response.statusCode === 200 ? response.json() : response.body;
};

test('a response has no extension, at any depth', async () => {
  const { id } = part;
  const response = await plain.inject({ url: '/read' });

  expect(response.json()).toEqual({ part: { id }, parts: [{ id }, { id }], data: { limit: 3, note: 4 } });
});

test('a response with extensions is complete', async () => {
  expect((await extended.inject({ url: '/read' })).json()).toEqual(everything);
});

test('a null is no object with extensions', async () => {
  expect(await send(plain, { part: null })).toEqual({ body: { part: null }, query: {}, key: null });
});

test('an extension in a request is ignored like any unknown key', async () => {
  const received = await send(plain, { part: { id: 1, note: 'no number' }, limit: 0, unknown: 6 }, '?of=7&note=x');

  expect(received).toEqual({ body: { part: { id: 1 }, unknown: 6 }, query: { of: 7 }, key: null });
});

test('an extension in a request is validated where it is served', async () => {
  expect(await send(extended, { part: { id: 1, note: 'no number' } })).toMatch(/part\/note must be a whole number/);
  expect(await send(extended, { part }, '?note=8')).toEqual({ body: { part }, query: { note: 8 }, key: 'once' });
});
