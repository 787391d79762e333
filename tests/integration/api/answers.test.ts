import { Type } from '@sinclair/typebox';
import type { Api } from '../../../platform/api/context';
import { buildApi } from '../../../platform/api/server';
import { contextWithoutDatabase } from '../../unit/api/stage';
import { checkAnswers } from './answers';

const schema = { response: { 200: Type.Object({ id: Type.Integer() }) } };
const answering = (url: string, body: object) => (api: Api) => {
  api.get(
    url,
    { config: { public: true }, schema },
    (_request, reply) => void reply.serializer(JSON.stringify).send(body as never),
  );
};

const api = buildApi(contextWithoutDatabase, [
  checkAnswers,
  answering('/right', { id: 1 }),
  answering('/wrong', { id: '1' }),
  answering('/more', { id: 1, secret: 2 }),
]);
afterAll(() => api.close());

test.each([
  ['/right', 200],
  ['/wrong', 599],
  ['/more', 599],
])('an answer is held to its schema: %s', async (url, status) => {
  expect((await api.inject({ url })).statusCode).toBe(status);
});
