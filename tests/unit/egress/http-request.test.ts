import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../contract/json';
import { guardOf } from '../../../platform/egress/guard';
import { httpRequest } from '../../../platform/egress/http-request';

const POLICY = { allow: [{ host: '127.0.0.1', port: null }], nameServers: null };
const TRIES = 200;
let server: Server;
let answer: RequestListener;
let connections = 0;
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response)).on('connection', () => (connections += 1));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server.close();
});

const at = (path = '/', host = '127.0.0.1') => `http://${host}:${(server.address() as AddressInfo).port}${path}`;
const ask = async (given: JsonObject, guard = guardOf(POLICY)) => {
  const { code, stdout, stderr } = await httpRequest(given, POLICY, guard);
  return { code, stderr, told: JSON.parse(stdout) as JsonObject };
};

test('an answer is told with its status, headers, text, JSON and where it came from', async () => {
  answer = (_, response) => response.setHeader('x-a', '1').end('{"a":[1]}');

  const { code, told } = await ask({ url: at('/p?a=1'), query_params: { b: [2, 'x y'] } });

  expect([code, told]).toMatchObject([
    0,
    {
      status_code: 200,
      success: true,
      body: '{"a":[1]}',
      json: { a: [1] },
      url: at('/p?a=1&b=2&b=x+y'),
      headers: { 'x-a': '1' },
    },
  ]);
});

test.each([
  [{ json_body: { a: 1 } }, 'application/json', '{"a":1}'],
  [{ body: 'plain' }, undefined, 'plain'],
  [{ body: 'plain', headers: { 'Content-Type': 'text/x' } }, 'text/x', 'plain'],
  [{}, undefined, ''],
])('%j is sent as it should be', async (more, type, body) => {
  let seen: unknown;
  answer = (request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        seen = [request.headers['content-type'], Buffer.concat(chunks).toString()];
        response.end();
      });
  };

  expect((await ask({ url: at(), method: 'POST', ...more })).code).toBe(0);
  expect(seen).toEqual([type, body]);
});

test.each<[JsonObject, string]>([
  [{ url: 7 }, 'PARAMETER_INVALID: url'],
  [{ url: 'http://x/', method: 'TRACE' }, 'PARAMETER_INVALID: method'],
  [{ url: 'http://x/', timeout: 301 }, 'PARAMETER_INVALID: timeout'],
  [{ url: 'http://x/', max_redirects: -1 }, 'PARAMETER_INVALID: max_redirects'],
  [{ url: 'http://x/', auth_type: 'digest' }, 'PARAMETER_INVALID: auth_type'],
  [{ url: 'http://x/', headers: ['a'] }, 'PARAMETER_INVALID: headers'],
  [{ url: 'http://x/', auth_type: 'bearer', auth_token: 'a\nb' }, 'HEADER_INVALID'],
])('%j ends before anything is asked', async (given, error) => {
  const { code, stderr } = await ask(given);

  expect([code, stderr.startsWith(error)]).toEqual([1, true]);
});

test('303 and a moved POST become GET without a body; a relative place is one', async () => {
  const seen: string[] = [];
  answer = (request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['content-type'] ?? '-'}`);
    if (request.url === '/b') response.end('there');
    else response.writeHead(request.url === '/303' ? 303 : 302, { location: 'b' }).end();
  };

  await ask({ url: at('/302'), method: 'POST', json_body: {} });
  const { told } = await ask({ url: at('/303'), method: 'PUT', json_body: {} });

  expect(seen).toEqual(['POST /302 application/json', 'GET /b -', 'PUT /303 application/json', 'GET /b -']);
  expect(told).toMatchObject({ url: at('/b'), redirects: [{ status: 303, url: at('/303') }] });
});

test('a name that answers otherwise each time is never connected to where it was not checked', async () => {
  answer = (_, response) => response.end('reached');
  connections = 0;
  let asked = 0;
  const guard = guardOf(POLICY, () => Promise.resolve(asked++ % 2 === 0 ? ['127.0.0.1'] : ['127.0.0.1', '10.0.0.1']));

  const codes: number[] = [];
  for (let n = 0; n < TRIES; n++) codes.push((await ask({ url: at('/', 'rebind.test') }, guard)).code);

  expect(codes).toEqual(Array.from({ length: TRIES }, (_, n) => n % 2));
  expect([asked, connections]).toEqual([TRIES, TRIES / 2]);
});

test('JSON that is too deep to store is text', async () => {
  answer = (_, response) => response.end('['.repeat(1_000) + ']'.repeat(1_000));

  expect((await ask({ url: at() })).told).toMatchObject({ json: null, success: true });
});

test('a password that a server says back is masked', async () => {
  answer = (request, response) =>
    response.setHeader('x-echo', request.headers.authorization ?? '').end(request.headers.authorization);

  const { told } = await ask({ url: at(), auth_type: 'basic', auth_username: 'me', auth_password: 'secret' });

  expect(told).toMatchObject({ body: 'Basic ***', headers: { 'x-echo': 'Basic ***' } });
});
