import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createClient } from '../../../helpers/client/client';
import { startAttuneStub } from '../../attune/attune-stub';

/** Passes requests on to the stub, but knows no key. Records the bodies of POST requests. */
async function startWithoutKeys(stubUrl: string, bodies: unknown[]) {
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method === 'GET') return response.writeHead(404).end();
      const body = await json(request);
      bodies.push(body);
      const { path, headers } = { path: request.url ?? '/', headers: { 'content-type': 'application/json' } };
      const made = await fetch(`${stubUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return response.writeHead(made.status, headers).end(await made.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

test('setting a key that does not exist creates one of the system', async () => {
  await using stub = await startAttuneStub('most');
  const bodies: unknown[] = [];
  const { url, close } = await startWithoutKeys(stub.url, bodies);

  await createClient({ baseUrl: url }).keys.set('a.b', 5);
  await close();

  expect(bodies).toEqual([{ ref: 'a.b', name: 'a.b', owner_type: 'system', value: 5, encrypted: false }]);
});
