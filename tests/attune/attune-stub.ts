import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject, Json } from '../../contract/json';
import { findOperation, type Shape } from './operations';
import { NESTED_RESPONSES, responseKeys, type ResponseKey, type ResponseName } from './response-tables';

/** A server that responds to each operation of the contract with the keys of its tables. */
export interface AttuneStub extends AsyncDisposable {
  readonly url: string;
  /** `METHOD /path` of every request that it received. */
  readonly requests: readonly string[];
}

const HOST = '127.0.0.1';
const INSTANT = '2026-01-27T10:00:00.123456789Z';

/**
 * `least`: what may be left out is absent, and what may be null is null. `most`: every key has a
 * value.
 */
export type Filling = 'least' | 'most';

/**
 * Starts a stub on a free port. Requests outside the contract are answered 404 without a body. An
 * execution is requested, and cancelled once that was asked for: no one waits for it in vain then.
 */
export async function startAttuneStub(filling: Filling): Promise<AttuneStub> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = targetOf(request);
    const isCancelled = requests.includes(`POST ${pathname}/cancel`);
    requests.push(`${request.method ?? ''} ${pathname}`);
    request.resume().on('end', () => respond(response, { filling, isCancelled }, request));
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const targetOf = (request: IncomingMessage): URL => new URL(request.url ?? '/', `http://${HOST}`);

interface Answer {
  readonly filling: Filling;
  /** The execution of this path was cancelled. */
  readonly isCancelled: boolean;
}

function respond(response: ServerResponse, { filling, isCancelled }: Answer, request: IncomingMessage): void {
  const { pathname, searchParams } = targetOf(request);
  const found = findOperation(request.method ?? '', pathname);
  if (!found) return void response.writeHead(404).end();
  if (found.shape === 'text')
    return void response.writeHead(found.status, { 'content-type': 'text/plain' }).end('text\n');
  if (found.shape === 'events') {
    const type = { 'content-type': 'text/event-stream' };
    return void response.writeHead(found.status, type).end('event: done\ndata: {}\n\n');
  }
  const body = isCancelled
    ? { data: { ...sample('Execution', filling), status: 'cancelled' } }
    : bodyOf(found.shape, filling, Number(searchParams.get('page') ?? 1));
  response.writeHead(found.status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function bodyOf(shape: Exclude<Shape, 'text' | 'events'>, filling: Filling, page: number): Json {
  if (typeof shape !== 'string') return shape;
  const [envelope, name] = shape.split(' ') as [string, ResponseName];
  const row = sample(name, filling);
  if (envelope === 'bare') return row;
  if (envelope === 'bare[]') return [row];
  if (envelope === 'data[]') return { data: [row] };
  if (envelope === 'data') return { data: row };
  return { items: [row], pagination: { page, page_size: 50, has_previous: page > 1, has_next: page < 2 } };
}

function sample(name: ResponseName, filling: Filling): JsonObject {
  const keys = responseKeys(name).filter(({ isOptional }) => filling === 'most' || !isOptional);
  return Object.fromEntries(keys.map((key) => [key.name, sampleValue(name, key, filling)]));
}

function sampleValue(response: ResponseName, { name, type, isNullable }: ResponseKey, filling: Filling): Json {
  const inner = NESTED_RESPONSES[response]?.[name];
  if (inner) return sample(inner, filling);
  if (isNullable && filling === 'least') return null;
  return SAMPLES[type] ?? type.replaceAll("'", '');
}

const SAMPLES: Readonly<Record<string, Json>> = {
  id: 1,
  int: 1,
  num: 0.5,
  bool: true,
  str: 'text',
  ts: INSTANT,
  obj: {},
  list: [],
  json: { n: 1 },
};
