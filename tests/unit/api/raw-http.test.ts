import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Type } from '@sinclair/typebox';
import pino from 'pino';
import type { Api } from '../../../platform/api/http/context';
import { buildApi } from '../../../platform/api/http/server';
import { WebSocketGateway } from '../../../platform/notifier/gateway';
import { contextWithoutDatabase } from './context-without-database';

const schema = { body: Type.Object({}) };
const probeRoutes = (api: Api) => {
  api.get('/open', { config: { isPublic: true } }, (_request, reply) => void reply.send({}));
  api.post('/open', { config: { isPublic: true }, schema }, (_request, reply) => void reply.send({}));
  api.post('/guarded', { config: { grant: null }, schema }, (_request, reply) => void reply.send({}));
  api.get('/guarded', { config: { grant: null } }, (_request, reply) => void reply.send({}));
};

const api = buildApi(contextWithoutDatabase, [probeRoutes]);
const gateway = new WebSocketGateway(
  { ...contextWithoutDatabase, log: pino({ enabled: false }) },
  { subscribe: () => Promise.resolve(null), catchUp: () => Promise.resolve() },
);
gateway.attach(api.server);
let port: number;
beforeAll(async () => {
  await api.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = api.server.address() as AddressInfo);
});
afterAll(() => api.close());

/** Sends bytes as they are and reads until the server closes. */
async function sendRaw(...pieces: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const received: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  socket.on('error', () => undefined); // the server may close while we still send
  await once(socket, 'connect');
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return Buffer.concat(received).toString();
}

const HOST = 'host: x\r\nconnection: close\r\n';
const JSON_TYPE = 'content-type: application/json\r\n';
const MEBIBYTE = 1_024 * 1_024;
const oneMebibyteChunk = `${MEBIBYTE.toString(16)}\r\n${' '.repeat(MEBIBYTE)}\r\n`;

const statusLine = (response: string): string => response.split('\r\n', 1)[0] ?? '';
const countResponses = (response: string): number => response.split('HTTP/1.1 ').length - 1;

test.each([
  [
    'headers of 64 KiB',
    [`GET /open HTTP/1.1\r\n${HOST}x: ${'a'.repeat(65_536)}\r\n\r\n`],
    '431 Request Header Fields Too Large',
  ],
  ['a line break in a header', [`GET /open HTTP/1.1\r\n${HOST}x: a\rb\r\n\r\n`], '400 Bad Request'],
  [
    'length and chunks together',
    [`POST /open HTTP/1.1\r\n${HOST}${JSON_TYPE}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    '400 Bad Request',
  ],
  ['no HTTP at all', ['hello\r\n\r\n'], '400 Bad Request'],
  ['an encoded dot segment', [`GET /open/%2e%2e/guarded HTTP/1.1\r\n${HOST}\r\n`], '404 Not Found'],
  ['a plain dot segment', [`GET /open/../guarded HTTP/1.1\r\n${HOST}\r\n`], '404 Not Found'],
  [
    'a method override',
    [`POST /open HTTP/1.1\r\n${HOST}${JSON_TYPE}x-http-method-override: GET\r\ncontent-length: 1\r\n\r\n{`],
    '400 Bad Request',
  ],
  [
    'chunks past 2 MiB',
    [
      `POST /open HTTP/1.1\r\n${HOST}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n`,
      oneMebibyteChunk,
      oneMebibyteChunk,
      oneMebibyteChunk,
    ],
    '413 Payload Too Large',
  ],
  [
    'a declared GiB',
    [`POST /open HTTP/1.1\r\nhost: x\r\n${JSON_TYPE}content-length: 1073741824\r\n\r\n{`],
    '413 Payload Too Large',
  ],
  [
    'a GiB without a token',
    [`POST /guarded HTTP/1.1\r\n${HOST}${JSON_TYPE}content-length: 1073741824\r\n\r\n{`],
    '401 Unauthorized',
  ],
] as [string, string[], string][])(
  'IN-01 IN-08 %s gets one response, and the connection is closed',
  async (_what, pieces, status) => {
    const response = await sendRaw(...pieces);

    expect([statusLine(response), countResponses(response)]).toEqual([`HTTP/1.1 ${status}`, 1]);
  },
);

test('IN-08 a request with two Host headers gets 400', async () => {
  const response = await sendRaw(`GET /open HTTP/1.1\r\n${HOST}Host: y\r\n\r\n`);

  expect([statusLine(response), countResponses(response)]).toEqual(['HTTP/1.1 400 Bad Request', 1]);
  expect(response).toContain('the request has more than one Host header');
});

test('IN-08 a WebSocket upgrade with two Host headers gets 400', async () => {
  const upgrade = 'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';

  const [one, two] = [await sendRaw(`${upgrade}${HOST}\r\n`), await sendRaw(`${upgrade}${HOST}Host: y\r\n\r\n`)];

  expect([statusLine(one), statusLine(two)]).toEqual(['HTTP/1.1 401 Unauthorized', 'HTTP/1.1 400 Bad Request']);
});
