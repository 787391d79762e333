import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../../contract/json-text/write-json';

/** A peer that speaks the protocol by hand, and need not be honest. */
export interface RawWorker {
  /** The value, or the error, of a call. */
  call(name: string, ...args: unknown[]): Promise<unknown>;
  /** Sends the last call again. */
  repeat(): Promise<unknown>;
  send(message: string): void;
  /** The close code, when the platform closes the connection. */
  readonly closed: Promise<number>;
  /** The answer to its hello. */
  readonly welcome: Record<string, unknown>;
  /** Replies to earlier calls that came before the connection was complete, by id. */
  readonly replies: ReadonlyMap<number, unknown>;
  close(): void;
  /** Closes the connection and opens another one, on which the last call waits for its reply. */
  reconnect(): Promise<RawWorker>;
}

/** What a worker by hand registers: no execution of other tests runs on it. */
export const handRegistration = (name: string) => ({
  runtimes: { shell: '5.2.0' },
  slots: 4,
  meta: {},
  labels: { only: name },
  capabilities: { taints: [{ key: name, effect: 'no_schedule' }] },
});

/** What a process names in its hello. */
interface Hello {
  readonly session: string;
  /** Id of its last call, which has no reply yet; 0: none. */
  readonly lastId: number;
}

interface Connection {
  readonly url: string;
  readonly name: string;
  readonly token: string;
  readonly protocol?: string;
}

function openSocket({ url, name, token, protocol = '3' }: Connection): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/api/v1/workers/connect`, {
    headers: { authorization: `Bearer ${token}`, 'x-tuningfork-worker': name, 'x-tuningfork-protocol': protocol },
  });
}

/** The status and the code of the answer to a connection that is refused; 101 where it is not. */
export async function connectionStatus(connection: Connection): Promise<{ status: number; code?: string }> {
  const socket = openSocket(connection);
  socket.on('error', () => undefined); // of the connection that is closed below
  const opened = once(socket, 'open').then(() => null);
  const rejected = once(socket, 'unexpected-response').then(([, response]) => response as IncomingMessage);
  const response = await Promise.race([opened, rejected]);
  const body = response === null ? '{}' : await text(response);
  socket.terminate();
  const { code } = parseJsonText(body) as { code?: string };
  return { status: response?.statusCode ?? 101, ...(code !== undefined && { code }) };
}

interface Message {
  readonly welcome?: Record<string, unknown>;
  readonly connected?: true;
  readonly id?: number;
  readonly value?: unknown;
}

/** Connects, says hello as a new process, and waits for the answer. */
export const connectRaw = (connection: Connection): Promise<RawWorker> =>
  sayHello(connection, { session: randomUUID(), lastId: 0 });

async function sayHello(connection: Connection, { session, lastId: firstId }: Hello): Promise<RawWorker> {
  const socket = openSocket(connection);
  const waiting = new Map<number, (value: unknown) => void>();
  const replies = new Map<number, unknown>();
  let lastId = firstId;
  let lastCall = '';
  let welcome: Record<string, unknown> = {};
  let complete: () => void = () => undefined;
  const completed = new Promise<void>((resolve) => (complete = resolve));
  const closed = once(socket, 'close').then(([code]) => code as number);
  socket.on('message', (data: Buffer) => {
    const message = parseJsonText(data.toString()) as Message;
    if (message.welcome) welcome = message.welcome;
    else if (message.connected) complete();
    else if (message.id !== undefined) {
      const reply = 'value' in message ? message.value : message;
      replies.set(message.id, reply);
      waiting.get(message.id)?.(reply);
    }
  });
  await once(socket, 'open');
  const repeat = () => {
    socket.send(lastCall);
    return new Promise((resolve) => waiting.set(lastId, resolve));
  };
  socket.send(writeJson({ session, worker: null, held: [], pending: lastId === 0 ? [] : [lastId] }));
  await completed;
  return {
    welcome,
    replies: new Map(replies),
    closed,
    send: (message) => socket.send(message),
    close: () => socket.terminate(),
    call: (name, ...args) => {
      const id = ++lastId;
      lastCall = writeJson([id, name, args, id]);
      return repeat();
    },
    repeat,
    reconnect: () => {
      socket.terminate();
      return sayHello(connection, { session, lastId });
    },
  };
}
