import { DomainError } from '../../base/domain-error';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './context';

const DEVELOPMENT_PORTS = [3000, 3001, 5173, 8080];
const ALLOWED_ORIGINS: ReadonlySet<string> = new Set(
  DEVELOPMENT_PORTS.flatMap((port) => [`http://localhost:${port}`, `http://127.0.0.1:${port}`]),
);
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key';
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Pages of the allowed origins may call with credentials; others get no CORS header, not even for
 * a preflight.
 */
export function registerCors(api: Api): void {
  api.addHook('onRequest', (request, reply, done) => {
    const isOriginAllowed = isAllowedOrigin(request.headers.origin);
    if (isOriginAllowed) {
      reply.header('access-control-allow-origin', request.headers.origin);
      reply.header('access-control-allow-credentials', 'true');
      reply.header('vary', 'Origin');
    }
    if (isPreflight(request)) sendPreflight(reply, isOriginAllowed);
    else done();
  });
}

const isAllowedOrigin = (origin: string | undefined): boolean => origin !== undefined && ALLOWED_ORIGINS.has(origin);

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

function sendPreflight(reply: FastifyReply, isOriginAllowed: boolean): void {
  if (isOriginAllowed) {
    reply.header('access-control-allow-methods', ALLOWED_METHODS);
    reply.header('access-control-allow-headers', ALLOWED_HEADERS);
    reply.header('access-control-max-age', '600');
  }
  reply.code(200).send();
}

/**
 * A browser sends cookies with requests of any page: one that changes something must come from an
 * allowed origin.
 */
export function rejectCrossSite({ method, headers }: FastifyRequest): void {
  if (SAFE_METHODS.has(method)) return;
  const ownOrigins = [`http://${headers.host ?? ''}`, `https://${headers.host ?? ''}`];
  const isForeignOrigin =
    headers.origin !== undefined && !isAllowedOrigin(headers.origin) && !ownOrigins.includes(headers.origin);
  if (!isForeignOrigin && headers['sec-fetch-site'] !== 'cross-site') return;
  throw new DomainError('FORBIDDEN', 'Cross-site request refused: send the token as a Bearer header', {
    reason: 'CROSS_SITE',
  });
}
