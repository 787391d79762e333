import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Type } from '@sinclair/typebox';
import { createRequest } from '../../../helpers/client/request';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts a server for the duration of the body. */
const withServer = async (handler: Handler, body: (baseUrl: string) => Promise<void>) => {
  const server = createServer(handler);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
};

const json =
  (status: number, body: unknown): Handler =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const Item = Type.Object({ id: Type.Integer() });
const call = { method: 'GET', path: '/items' } as const;

test('one() returns the value of the envelope and sends the token', async () => {
  const received: unknown[] = [];
  const handler: Handler = (request, response) => {
    received.push(request.url, request.headers.authorization);
    json(200, { data: { id: 7 } })(request, response);
  };
  await withServer(handler, async (baseUrl) => {
    expect(await createRequest({ baseUrl, token: 't' }).one(Item, call)).toEqual({ id: 7 });
  });
  expect(received).toEqual(['/api/v1/items', 'Bearer t']);
});

test('all() reads every page', async () => {
  const handler: Handler = (request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('page'));
    const pagination = { page, page_size: 100, has_previous: page > 1, has_next: page < 3 };
    json(200, { items: [{ id: page }], pagination })(request, response);
  };
  await withServer(handler, async (baseUrl) => {
    expect(await createRequest({ baseUrl }).all(Item, call)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });
});

test.each([
  ['the error envelope', 409, { error: 'it exists', code: 'CONFLICT' }, 'CONFLICT'],
  ['the token envelope', 401, { error: { code: 401, message: 'Missing authentication token' } }, 'TOKEN_REJECTED'],
  ['any other body', 503, { status: 'error' }, 'HTTP_503'],
])('an error as %s is an ApiError with its code', async (_, status, body, code) => {
  await withServer(json(status, body), async (baseUrl) => {
    const request = createRequest({ baseUrl }).one(Item, call);
    await expect(request).rejects.toMatchObject({ name: 'ApiError', method: 'GET', path: '/items', status, code });
  });
});

test('the client never retries', async () => {
  let requests = 0;
  const handler: Handler = (request, response) => {
    requests += 1;
    json(503, {})(request, response);
  };
  await withServer(handler, async (baseUrl) => {
    await expect(createRequest({ baseUrl }).one(Item, call)).rejects.toMatchObject({ status: 503 });
  });
  expect(requests).toBe(1);
});

test('a response that violates the schema names the path', async () => {
  await withServer(json(200, { data: { id: '7' } }), async (baseUrl) => {
    const request = createRequest({ baseUrl }).one(Item, call);
    await expect(request).rejects.toThrow('RESPONSE_OFF_CONTRACT: GET /items returned 200: /id must be integer');
  });
});

test('a failed connection is status 0 with the cause', async () => {
  let address = '';
  await withServer(json(200, {}), (baseUrl) => Promise.resolve(void (address = baseUrl)));
  const request = createRequest({ baseUrl: address }).one(Item, call);
  await expect(request).rejects.toMatchObject({ status: 0, code: 'ECONNREFUSED' });
});
