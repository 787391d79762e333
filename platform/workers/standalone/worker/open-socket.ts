import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { errorMessage } from '../../../base/error-details';
import {
  CONNECT_PATH,
  MAX_PLATFORM_MESSAGE_BYTES,
  NAME_HEADER,
  PROTOCOL,
  PROTOCOL_HEADER,
} from '../../rpc/standalone-protocol';
import { refusedConnection, unreachable, type ConnectionFailure } from './connection-failure';

const HANDSHAKE_TIMEOUT_MS = 5_000;
const MAX_ERROR_CHARACTERS = 4_096;

interface SocketOptions {
  /** Of the API, http or https. */
  readonly url: string;
  readonly name: string;
  readonly token: string;
}

/** Opens a connection as a worker. Rejects with ConnectionFailure. */
export function openSocket({ url, name, token }: SocketOptions): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/$/, '')}${CONNECT_PATH}`, {
    headers: { authorization: `Bearer ${token}`, [NAME_HEADER]: name, [PROTOCOL_HEADER]: String(PROTOCOL) },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: MAX_PLATFORM_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  let status: number | null = null;
  const failure = (error: Error): ConnectionFailure =>
    status === null ? unreachable(url, errorMessage(error)) : refusedConnection(url, name, { status, text: '' });
  return new Promise((resolve, reject) => {
    socket.on('error', (error) => reject(failure(error)));
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (request, response) => {
      status = response.statusCode ?? 0;
      const { socket: stream } = response;
      void rejectionOf(url, name, response).then((rejection) => {
        request.destroy();
        stream.destroy(); // the server may keep it open for another request
        reject(rejection);
      });
    });
  });
}

async function rejectionOf(url: string, name: string, response: IncomingMessage): Promise<ConnectionFailure> {
  const body = await text(response).catch(() => '');
  return refusedConnection(url, name, {
    status: response.statusCode ?? 0,
    text: body.slice(0, MAX_ERROR_CHARACTERS),
  });
}
