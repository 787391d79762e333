import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Type } from '@sinclair/typebox';
import { createRequest } from '../../../helpers/client/request';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of the test's own, for as long as the body runs. */
const withServer = async (answer: Answer, body: (baseUrl: string) => Promise<void>) => {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
};

const json =
  (status: number, body: unknown): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const Thing = Type.Object({ id: Type.Integer() });
const call = { method: 'GET', path: '/things' } as const;

test('what the data envelope holds is answered, and the token travels', async () => {
  const seen: unknown[] = [];
  const answer: Answer = (request, response) => {
    seen.push(request.url, request.headers.authorization);
    json(200, { data: { id: 7 } })(request, response);
  };
  await withServer(answer, async (baseUrl) => {
    expect(await createRequest({ baseUrl, token: 't' }).one(Thing, call)).toEqual({ id: 7 });
  });
  expect(seen).toEqual(['/api/v1/things', 'Bearer t']);
});

test('every page is read', async () => {
  const answer: Answer = (request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('page'));
    const pagination = { page, page_size: 100, has_previous: page > 1, has_next: page < 3 };
    json(200, { items: [{ id: page }], pagination })(request, response);
  };
  await withServer(answer, async (baseUrl) => {
    expect(await createRequest({ baseUrl }).all(Thing, call)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });
});

test.each([
  ['envelope A', 409, { error: 'it exists', code: 'CONFLICT' }, 'CONFLICT'],
  ['envelope B', 401, { error: { code: 401, message: 'Missing authentication token' } }, 'TOKEN_REFUSED'],
  ['any other body', 503, { status: 'error' }, 'HTTP_503'],
])('a refusal in %s is an ApiError with its code', async (_, status, body, code) => {
  await withServer(json(status, body), async (baseUrl) => {
    const refused = createRequest({ baseUrl }).one(Thing, call);
    await expect(refused).rejects.toMatchObject({ name: 'ApiError', method: 'GET', path: '/things', status, code });
  });
});

test('a refusal is asked for once: the client never retries', async () => {
  let asked = 0;
  const answer: Answer = (request, response) => {
    asked += 1;
    json(503, {})(request, response);
  };
  await withServer(answer, async (baseUrl) => {
    await expect(createRequest({ baseUrl }).one(Thing, call)).rejects.toMatchObject({ status: 503 });
  });
  expect(asked).toBe(1);
});

test('an answer off the contract is an error that names the path', async () => {
  await withServer(json(200, { data: { id: '7' } }), async (baseUrl) => {
    const answered = createRequest({ baseUrl }).one(Thing, call);
    await expect(answered).rejects.toThrow('ANSWER_OFF_CONTRACT: GET /things answered 200: /id must be integer');
  });
});

test('no answer at all is status 0 with the cause', async () => {
  let address = '';
  await withServer(json(200, {}), (baseUrl) => Promise.resolve(void (address = baseUrl)));
  const refused = createRequest({ baseUrl: address }).one(Thing, call);
  await expect(refused).rejects.toMatchObject({ status: 0, code: 'ECONNREFUSED' });
});
