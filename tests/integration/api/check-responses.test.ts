import { Type } from '@sinclair/typebox';
import type { Api } from '../../../platform/api/http/context';
import { buildApi } from '../../../platform/api/http/server';
import { contextWithoutDatabase } from '../../unit/api/context-without-database';
import { checkResponses } from './check-responses';

const schema = { response: { 200: Type.Object({ id: Type.Integer() }) } };
const respondWith = (url: string, body: object) => (api: Api) => {
  api.get(
    url,
    { config: { isPublic: true }, schema },
    (_request, reply) => void reply.serializer(JSON.stringify).send(body as never),
  );
};

const api = buildApi(contextWithoutDatabase, [
  checkResponses,
  respondWith('/right', { id: 1 }),
  respondWith('/wrong', { id: '1' }),
  respondWith('/more', { id: 1, secret: 2 }),
]);
afterAll(() => api.close());

test.each([
  ['/right', 200],
  ['/wrong', 599],
  ['/more', 599],
])('a response is validated against its schema: %s', async (url, status) => {
  expect((await api.inject({ url })).statusCode).toBe(status);
});
