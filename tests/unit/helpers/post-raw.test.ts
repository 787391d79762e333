import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { postRaw } from '../../e2e/support/webhooks/post-raw';
import { factsOf } from './run/local-run-facts';

test('the evidence has each call of a webhook, with headers and response', async () => {
  const server = createServer((_, response) => response.writeHead(401).end('{"error":"no"}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const recorded: object[] = [];
  const facts = { ...factsOf(''), url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  try {
    const ctx = { facts, recordRequest: (request: object) => void recorded.push(request) };
    expect(await postRaw(ctx, 'key', '[1]', { 'x-kind': 'k' })).toMatchObject({ status: 401, text: '{"error":"no"}' });
  } finally {
    server.close();
  }

  expect(recorded).toEqual([
    {
      method: 'POST',
      path: '/api/v1/webhooks/key',
      query: '',
      status: 401,
      ms: expect.any(Number) as number,
      bodies: {
        sent: { headers: { 'content-type': 'application/json', 'x-kind': 'k' }, body: '[1]' },
        received: '{"error":"no"}',
      },
    },
  ]);
});
