import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../contract/json';
import { createGuard } from '../../../platform/egress/egress-guard';
import { runHttpRequest } from '../../../platform/egress/http-request';

const POLICY = { allow: [{ host: '127.0.0.1', port: null }], nameServers: null };
const TRIES = 200;
let server: Server;
let respond: RequestListener;
let connections = 0;
beforeAll(async () => {
  server = createServer((request, response) => respond(request, response)).on('connection', () => (connections += 1));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server.close();
});

const urlOf = (path = '/', host = '127.0.0.1') => `http://${host}:${(server.address() as AddressInfo).port}${path}`;
const sendRequest = async (parameters: JsonObject, guard = createGuard(POLICY)) => {
  const { exitCode, stdout, stderr } = await runHttpRequest(parameters, POLICY, guard);
  return { code: exitCode, stderr, output: JSON.parse(stdout) as JsonObject };
};

test('the query of the URL is sent as it was written, with parameters or not', async () => {
  const sent: string[] = [];
  respond = (request, response) => {
    sent.push(request.url ?? '');
    response.end();
  };
  const query = 'a=%20x&sig=a%2fb%2B+c~!()*&flag&e=';

  await sendRequest({ url: urlOf(`/p?${query}`) });
  await sendRequest({ url: urlOf(`/p?${query}`), query_params: { b: 'x y' } });
  await sendRequest({ url: urlOf('/p'), query_params: { b: [] } });

  expect(sent).toEqual([`/p?${query}`, `/p?${query}&b=x+y`, '/p']);
});

test('the output has status, headers, text, JSON and URL of the response', async () => {
  respond = (_, response) => response.setHeader('x-a', '1').end('{"a":[1]}');

  const { code, output } = await sendRequest({ url: urlOf('/p?a=1'), query_params: { b: [2, 'x y'] } });

  expect([code, output]).toMatchObject([
    0,
    {
      status_code: 200,
      success: true,
      body: '{"a":[1]}',
      json: { a: [1] },
      url: urlOf('/p?a=1&b=2&b=x+y'),
      headers: { 'x-a': '1' },
    },
  ]);
});

test.each([
  [{ json_body: { a: 1 } }, 'application/json', '{"a":1}'],
  [{ body: 'plain' }, undefined, 'plain'],
  [{ body: 'plain', headers: { 'Content-Type': 'text/x' } }, 'text/x', 'plain'],
  [{}, undefined, ''],
])('the body of %j is sent with its content type', async (overrides, type, body) => {
  let received: unknown;
  respond = (request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        received = [request.headers['content-type'], Buffer.concat(chunks).toString()];
        response.end();
      });
  };

  expect((await sendRequest({ url: urlOf(), method: 'POST', ...overrides })).code).toBe(0);
  expect(received).toEqual([type, body]);
});

test.each<[JsonObject, string]>([
  [{ url: 7 }, 'PARAMETER_INVALID: url'],
  [{ url: 'http://x/', method: 'TRACE' }, 'PARAMETER_INVALID: method'],
  [{ url: 'http://x/', timeout: 301 }, 'PARAMETER_INVALID: timeout'],
  [{ url: 'http://x/', max_redirects: -1 }, 'PARAMETER_INVALID: max_redirects'],
  [{ url: 'http://x/', auth_type: 'digest' }, 'PARAMETER_INVALID: auth_type'],
  [{ url: 'http://x/', headers: ['a'] }, 'PARAMETER_INVALID: headers'],
  [{ url: 'http://x/', auth_type: 'bearer', auth_token: 'a\nb' }, 'HEADER_INVALID'],
])('%j fails before a request is sent', async (parameters, error) => {
  const { code, stderr } = await sendRequest(parameters);

  expect([code, stderr.startsWith(error)]).toEqual([1, true]);
});

test('a redirected POST and a 303 become GET without a body', async () => {
  const received: string[] = [];
  respond = (request, response) => {
    received.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-type'] ?? '-'}`);
    if (request.url === '/b') response.end('there');
    else response.writeHead(request.url === '/303' ? 303 : 302, { location: 'b' }).end();
  };

  await sendRequest({ url: urlOf('/302'), method: 'POST', json_body: {} });
  const { output } = await sendRequest({ url: urlOf('/303'), method: 'PUT', json_body: {} });

  expect(received).toEqual(['POST /302 application/json', 'GET /b -', 'PUT /303 application/json', 'GET /b -']);
  expect(output).toMatchObject({ url: urlOf('/b'), redirects: [{ status: 303, url: urlOf('/303') }] });
});

test('a name that resolves differently each time is checked each time', async () => {
  respond = (_, response) => response.end('reached');
  connections = 0;
  let lookups = 0;
  const guard = createGuard(POLICY, () =>
    Promise.resolve(lookups++ % 2 === 0 ? ['127.0.0.1'] : ['127.0.0.1', '10.0.0.1']),
  );

  const codes: number[] = [];
  for (let n = 0; n < TRIES; n++) codes.push((await sendRequest({ url: urlOf('/', 'rebind.test') }, guard)).code);

  expect(codes).toEqual(Array.from({ length: TRIES }, (_, n) => n % 2));
  expect([lookups, connections]).toEqual([TRIES, TRIES / 2]);
});

test('JSON that is nested too deeply is returned as text', async () => {
  respond = (_, response) => response.end('['.repeat(1_000) + ']'.repeat(1_000));

  expect((await sendRequest({ url: urlOf() })).output).toMatchObject({ json: null, success: true });
});

test('a password echoed by the server is masked', async () => {
  respond = (request, response) =>
    response.setHeader('x-echo', request.headers.authorization ?? '').end(request.headers.authorization);

  const { output } = await sendRequest({
    url: urlOf(),
    auth_type: 'basic',
    auth_username: 'me',
    auth_password: 'secret',
  });

  expect(output).toMatchObject({ body: 'Basic ***', headers: { 'x-echo': 'Basic ***' } });
});
