import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A platform behind a proxy that answers 404 for its manifest. */
export interface ManifestProxy extends AsyncDisposable {
  readonly url: string;
}

const NOT_FOUND = JSON.stringify({ error: 'not found', code: 'NOT_FOUND' });

export async function startProxyWithoutManifest(platform: string): Promise<ManifestProxy> {
  const { hostname, port } = new URL(platform);
  const server = createServer((incoming, outgoing) => {
    if (incoming.url === '/api/v1/capabilities') {
      outgoing.writeHead(404, { 'content-type': 'application/json' }).end(NOT_FOUND);
      return;
    }
    const { method, headers, url: path } = incoming;
    const forwarded = request({ hostname, port, method, headers, path }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on('error', (error) => outgoing.destroy(error));
    incoming.pipe(forwarded);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
