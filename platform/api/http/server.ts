import fastify, { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { hostNow } from '../../base/clock';
import { DomainError } from '../../base/domain-error';
import { hasRepeatedHost } from '../../base/http/host-headers';
import type { Api, ApiContext, Routes } from './context';
import { registerCors } from './cors';
import { MAX_BODY_BYTES, parseJsonBodies } from './bodies';
import { recordRequests } from '../records/record-requests';
import { registerOpenApi } from './openapi';
import { sendPlainText, handleError } from './error-handler';
import { rejectUnknownPaths, type RegisteredRoute } from './unknown-paths';
import { authenticateRequests } from './authenticate-requests';
import { compileRequestValidator } from './validation';
import { namedPlugin } from './named-plugin';
import { rejectBelowDiskFloor } from './reject-below-disk-floor';
import { removeExtensions } from './remove-extensions';
import { warnOfUnknownKeys } from './unknown-keys';
import { writeJson } from '../../../contract/json-text/write-json';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every registered route, HEAD included. */
    routeTable: readonly RegisteredRoute[];
  }
}

/** A ref of 255 characters, each percent-encoded in full, is one segment. */
const MAX_SEGMENT_CHARACTERS = 1_024;
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 30_000;

/**
 * The API as a Fastify instance, not yet listening: `await api.listen({ host, port })`. The order
 * of the hooks is the contract's order of checks: origin, path and method, token, then the body.
 * Without `log` nothing is written.
 */
export function buildApi(context: ApiContext, routes: readonly Routes[], log?: FastifyBaseLogger): Api {
  const api: Api = fastify({
    ...(log ? { loggerInstance: log } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: BODY_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 1_000 },
    routerOptions: { maxParamLength: MAX_SEGMENT_CHARACTERS },
    forceCloseConnections: true,
    frameworkErrors: handleRoutingError,
    clientErrorHandler: handleConnectionError,
  });
  api.setValidatorCompiler(({ schema, httpPart }) => compileRequestValidator(schema as object, httpPart));
  api.setSerializerCompiler(() => writeJson);
  if (context.extensions) warnOfUnknownKeys(api);
  else removeExtensions(api);
  api.setErrorHandler(handleError);
  api.decorateRequest('nulPointer', null);
  api.decorate('db', context.db);
  api.decorate('tenantQuota', context.tenantQuota);
  api.decorate('trustedProxies', context.trustedProxies);
  api.decorate('extensions', context.extensions);
  logRequests(api);
  recordRequests(api, context);
  discardUnreadBodies(api);
  rejectRepeatedHosts(api);
  registerCors(api);
  api.decorate('routeTable', rejectUnknownPaths(api, context.page));
  authenticateRequests(api, context);
  rejectWhileDraining(api, context);
  rejectBelowDiskFloor(api, context);
  parseJsonBodies(api);
  registerOpenApi(api, context);
  requireDeclaredGrants(api);
  // A plugin of its own: the OpenAPI plugin sees the routes of the plugins that load after it.
  void api.register(
    namedPlugin('routes', (scope) => {
      for (const registerRoutes of routes) registerRoutes(scope, context);
    }),
  );
  return api;
}

/** A path that cannot be decoded, or a segment that is longer than any name. */
function handleRoutingError(error: { code: string }, _request: FastifyRequest, reply: FastifyReply): void {
  if (error.code === 'FST_ERR_BAD_URL')
    void sendPlainText(reply, 400, 'the path has a percent sign that encodes no character');
  else void reply.code(404).send();
}

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * A request that is no HTTP, or does not arrive in time, gets one response and the connection is
 * closed.
 */
function handleConnectionError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const statusLine = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request';
  if (socket.writable) socket.end(`HTTP/1.1 ${statusLine}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  else socket.destroy(error);
}

/** One line per request: its route, never its query, headers or body. */
function logRequests(api: Api): void {
  const started = new WeakMap<FastifyRequest, number>();
  api.addHook('onRequest', (request, _reply, done) => {
    started.set(request, hostNow());
    done();
  });
  api.addHook('onResponse', (request, reply, done) => {
    const durationMs = Math.round((hostNow() - (started.get(request) ?? hostNow())) * 1_000) / 1_000;
    const { method, routeOptions, caller } = request;
    request.log.info({
      method,
      route: routeOptions.url ?? null,
      status: reply.statusCode,
      ms: durationMs,
      by: caller?.identity,
    });
    done();
  });
}

/**
 * Reads what a handler left of a body: until it has arrived, the next request of its connection
 * has to wait.
 */
function discardUnreadBodies(api: Api): void {
  api.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) raw.unpipe().resume();
    done();
  });
}

/**
 * Makes the registration of a route throw that is not public and declares no grant, or one that
 * nothing enforces.
 */
function requireDeclaredGrants(api: Api): void {
  api.addHook('onRoute', ({ method, url, config = {} }) => {
    if (config.isPublic || config.grant === null || config.isGrantEnforced) return;
    const name = `${[method].flat().join(', ')} ${url}`;
    if (config.grant === undefined) throw new Error(`route ${name} is not public and declares no grant`);
    throw new Error(`route ${name} declares the grant ${config.grant}, which only route() enforces`);
  });
}

/** DRAINING for requests of new work while the platform stops: it would be accepted, then wait. */
function rejectWhileDraining(api: Api, { drain }: Pick<ApiContext, 'drain'>): void {
  api.addHook('onRequest', (request, _reply, done) => {
    const isRejected = drain.isDraining && request.routeOptions.config.requestsWork === true;
    done(isRejected ? new DomainError('DRAINING', 'The platform stops and accepts no new work', DRAINING) : undefined);
  });
}

const DRAINING = { reason: 'DRAINING', path: '', hint: 'repeat the request when the platform has started again' };

function rejectRepeatedHosts(api: Api): void {
  api.addHook('onRequest', (request, reply, done) => {
    if (hasRepeatedHost(request.raw.rawHeaders))
      void sendPlainText(reply, 400, 'the request has more than one Host header');
    else done();
  });
}
