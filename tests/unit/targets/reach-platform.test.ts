import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reachPlatform } from '../../../helpers/target/start/reach-platform';

const TIMEOUT_MS = 600;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((done) => server!.once('listening', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const reply =
  (status: number, body = '', type = 'text/html'): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);

const PAGE = '<!DOCTYPE html><html><head><title>Welcome</title></head></html>';

test.each<[string, RequestListener, string]>([
  ['a page', reply(200, PAGE), 'it returned a page of HTML (Welcome): it is another server'],
  ['404', reply(404, PAGE), 'it returned 404: a page of HTML (Welcome); is it another server, or a proxy?'],
  ['a redirect', reply(301), 'it returned 301: no body; write the address to which it redirects'],
  ['a closed connection', ({ socket }) => socket.destroy(), 'it closed the connection without a response'],
  ['silence', () => undefined, 'it accepted no connection, or gave no response'],
])('%s instead of a platform is named', async (_, listener, problem) => {
  const url = await serve(listener);
  await expect(reachPlatform(url, TIMEOUT_MS)).rejects.toThrow(
    `TARGET_UNREACHABLE: no platform responded at ${url}/health within 0.6 s (${problem})`,
  );
});

test('a closed port is named', async () => {
  await expect(reachPlatform('http://127.0.0.1:1', TIMEOUT_MS)).rejects.toThrow('nothing listens on this port');
});

test('TLS where there is none is named', async () => {
  const url = await serve(reply(200, '{}'));
  await expect(reachPlatform(url.replace('http', 'https'), TIMEOUT_MS)).rejects.toThrow(`(it has no TLS); use ${url}`);
});

test('a platform that is ready after a while is reached', async () => {
  let requests = 0;
  const url = await serve((request, response) => {
    requests += 1;
    reply(requests === 1 ? 503 : 200, '{"status":"ok"}', 'application/json')(request, response);
  });
  await reachPlatform(url, 10_000);
  expect(requests).toBeGreaterThan(1);
});
