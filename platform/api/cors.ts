import { Refusal } from '../refusal';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './context';

const PORTS = [3000, 3001, 5173, 8080];
const ALLOWED: ReadonlySet<string> = new Set(
  PORTS.flatMap((port) => [`http://localhost:${port}`, `http://127.0.0.1:${port}`]),
);
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const HEADERS = 'authorization, content-type, idempotency-key';
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Pages of the allowed origins may call with credentials; others get no allow header, also for a preflight. */
export function allowOrigins(api: Api): void {
  api.addHook('onRequest', (request, reply, done) => {
    const allowed = isAllowed(request.headers.origin);
    if (allowed) {
      reply.header('access-control-allow-origin', request.headers.origin);
      reply.header('access-control-allow-credentials', 'true');
      reply.header('vary', 'Origin');
    }
    if (isPreflight(request)) preflight(reply, allowed);
    else done();
  });
}

const isAllowed = (origin: string | undefined): boolean => origin !== undefined && ALLOWED.has(origin);

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

function preflight(reply: FastifyReply, allowed: boolean): void {
  if (allowed) {
    reply.header('access-control-allow-methods', METHODS);
    reply.header('access-control-allow-headers', HEADERS);
    reply.header('access-control-max-age', '600');
  }
  reply.code(200).send();
}

/** A cookie travels with any page's request: one that changes something must come from a page we know. */
export function refuseCrossSite({ method, headers }: FastifyRequest): void {
  if (SAFE.has(method)) return;
  const own = [`http://${headers.host ?? ''}`, `https://${headers.host ?? ''}`];
  const foreign = headers.origin !== undefined && !isAllowed(headers.origin) && !own.includes(headers.origin);
  if (!foreign && headers['sec-fetch-site'] !== 'cross-site') return;
  throw new Refusal('FORBIDDEN', 'Cross-site request refused: send the token as a Bearer header', {
    reason: 'CROSS_SITE',
  });
}
