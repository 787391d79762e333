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

/** Below it are the routes of the platform's own page: no other origin may call them. */
export const BROWSER_SESSION = '/auth/session';

/**
 * Pages of the allowed origins may call with credentials; others get no CORS header, not even for
 * a preflight.
 */
export function registerCors(api: Api): void {
  api.addHook('onRequest', (request, reply, done) => {
    const isOriginAllowed = isAllowedOrigin(request.headers.origin) && !isOfOwnPage(request);
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

/** A preflight has no route. */
const isOfOwnPage = ({ routeOptions, url }: FastifyRequest): boolean =>
  (routeOptions.url ?? url).startsWith(BROWSER_SESSION);

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
  if (isOwnOrigin(headers) || isAllowedOrigin(headers.origin)) {
    if (headers['sec-fetch-site'] !== 'cross-site') return;
  }
  throw crossSite('Cross-site request refused: send the token as a Bearer header');
}

/** The fetch sites of a page of this origin, and of an address that a person has entered. */
const OWN_SITES: ReadonlySet<unknown> = new Set([undefined, 'same-origin', 'none']);

/** FORBIDDEN for a page of any other origin; a client that is no browser may call. */
export function rejectOtherOrigin({ headers }: FastifyRequest): void {
  if (isOwnOrigin(headers) && OWN_SITES.has(headers['sec-fetch-site'])) return;
  throw crossSite("Request of another origin refused: only the platform's own page has browser sessions");
}

/** Requests that only read, and those of clients that are no browsers, have no origin. */
const isOwnOrigin = ({ host = '', origin }: FastifyRequest['headers']): boolean =>
  origin === undefined || origin === `http://${host}` || origin === `https://${host}`;

const crossSite = (message: string) => new DomainError('FORBIDDEN', message, { reason: 'CROSS_SITE' });
