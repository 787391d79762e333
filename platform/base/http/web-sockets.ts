import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { writeJson } from '../../../contract/json-text/write-json';

/** How long clients may take to close their connections when a server ends, ms. */
const CLOSE_TIMEOUT_MS = 500;

/** Path of a request's URL, without its query. */
export const pathname = (url: string): string => url.split('?', 1)[0]!;

/** Answers a request for an upgrade with an HTTP status and its text, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: string, body?: object): void {
  const text = body === undefined ? '' : writeJson(body);
  const type = body === undefined ? '' : 'content-type: application/json\r\n';
  socket.end(
    `HTTP/1.1 ${status}\r\n${type}content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}

/** Waits for clients that are asked to close their connections, and drops those that do not. */
export async function dropClients(clients: ReadonlySet<WebSocket>): Promise<void> {
  const open = [...clients];
  if (open.length === 0) return;
  await Promise.race([Promise.all(open.map((client) => once(client, 'close'))), pause(CLOSE_TIMEOUT_MS)]);
  for (const client of open) client.terminate();
}
