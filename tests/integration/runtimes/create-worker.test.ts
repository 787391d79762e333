import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import { resolveArm, workerPayload, type WorkerPayload } from '../../../helpers/arms';
import { createClient } from '../../../helpers/client/client';
import { createWorker } from '../../e2e/support/workers/create-worker';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A server that answers every request with one reply, and keeps the bodies that it received. */
async function startStub({ status, type, body }: Reply) {
  const received: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((sent) => {
      received.push(sent);
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}` });
  return {
    client,
    received,
    [Symbol.asyncDispose]: async () => {
      await once(server.close(), 'close');
    },
  };
}

const JSON_TYPE = 'application/json';
const page = `<html><h1>Bad Gateway</h1>${'<p>é</p>'.repeat(100)}</html>`;
const payload = workerPayload(resolveArm('perl', RUNTIME_MANIFEST));

test.each([
  ['200 {}', { status: 200, type: JSON_TYPE, body: '{}' }, '{}'],
  ['502 with a page', { status: 502, type: 'text/html', body: page }, page.slice(0, 500)],
])('S1-11 a create that is answered %s fails with what was received and sent', async (_title, reply, body) => {
  await using stub = await startStub(reply);

  await expect(createWorker(stub.client, payload)).rejects.toMatchObject({
    code: 'WORKER_CREATE_FAILED',
    status: reply.status,
    body,
    payload: { kind: 'managed', runtime: 'perl' },
    message: `WORKER_CREATE_FAILED: HTTP ${reply.status}, body ${body}, sent {"kind":"managed","runtime":"perl"}`,
  });
  expect(stub.received).toEqual(['{"kind":"managed","runtime":"perl"}']);
});

const arm = (selector: string): WorkerPayload => workerPayload(resolveArm(selector, RUNTIME_MANIFEST));
const label = (runtime: string): WorkerPayload => workerPayload({ kind: 'external', runtime });

test.each([
  ['a runtime', arm('perl'), { kind: 'managed', runtime: 'perl' }],
  ['another name', arm('node.js'), { kind: 'managed', runtime: 'nodejs' }],
  ['a template', arm('python-batch'), { kind: 'managed', template: 'python-batch' }],
  ['a template with a version', arm('python-batch@3'), { kind: 'managed', template: 'python-batch' }],
  ['an external runtime', arm('relay-cli'), { kind: 'external', runtime: 'relay-cli' }],
  ['double quotes', label('say "hi"'), { kind: 'external', runtime: 'say "hi"' }],
  ['single quotes', label("it's '$HOME'"), { kind: 'external', runtime: "it's '$HOME'" }],
  ['newlines', label('a\nb\r\nc'), { kind: 'external', runtime: 'a\nb\r\nc' }],
  ['backslashes', label('a\\nb\\"'), { kind: 'external', runtime: 'a\\nb\\"' }],
  ['non-ASCII', label('relé 中継 🛰️'), { kind: 'external', runtime: 'relé 中継 🛰️' }],
  ['an empty label', label(''), { kind: 'external', runtime: '' }],
  [
    'further keys',
    workerPayload({ kind: 'external', runtime: 'relay' }, { queue_limit: 3 }),
    { kind: 'external', runtime: 'relay', queue_limit: 3 },
  ],
])('S1-12 a payload with %s arrives as it is, without what is unset', async (_title, sent, expected) => {
  await using stub = await startStub({ status: 201, type: JSON_TYPE, body: '{"data": {"id": 7}}' });

  expect(await createWorker(stub.client, sent)).toBe(7);

  expect(stub.received.map((body): unknown => JSON.parse(body))).toStrictEqual([expected]);
});
