import fastify, { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { hostNow } from '../clock';
import type { Api, ApiContext, Routes } from './context';
import { allowOrigins } from './cors';
import { BODY_LIMIT, readJsonBodies } from './json-body';
import { describeRoutes } from './openapi';
import { plain, refuse } from './rejections';
import { answerUnknownPaths, type RouteEntry } from './routing';
import { checkTokens } from './token-check';
import { validatorOf } from './validation';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route that was registered, HEAD included. */
    routeTable: readonly RouteEntry[];
  }
}

/** A ref of 255 characters, each percent-encoded in full, is one segment. */
const SEGMENT_LIMIT = 1_024;
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 30_000;

/**
 * The API as a Fastify instance, not yet listening: `await api.listen({ host, port })`. The order of the hooks is the
 * contract's order of checks: origin, path and method, token, then the body. Without `log` nothing is written.
 */
export function buildApi(context: ApiContext, routes: readonly Routes[], log?: FastifyBaseLogger): Api {
  const api: Api = fastify({
    ...(log ? { loggerInstance: log } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: BODY_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 1_000 },
    routerOptions: { maxParamLength: SEGMENT_LIMIT },
    forceCloseConnections: true,
    frameworkErrors: refuseTarget,
    clientErrorHandler: refuseConnection,
  });
  api.setValidatorCompiler(({ schema, httpPart }) => validatorOf(schema as object, httpPart));
  api.setSerializerCompiler(() => JSON.stringify);
  api.setErrorHandler(refuse);
  api.decorateRequest('nulAt', null);
  logRequests(api);
  allowOrigins(api);
  api.decorate('routeTable', answerUnknownPaths(api));
  checkTokens(api, context);
  readJsonBodies(api);
  describeRoutes(api, context);
  // A plugin of its own: the description listens once the plugins before it are loaded.
  void api.register((scope: Api, _options, done) => {
    for (const register of routes) register(scope, context);
    done();
  });
  return api;
}

/** A path that cannot be decoded, or a segment longer than any name. */
function refuseTarget(error: { code: string }, _request: FastifyRequest, reply: FastifyReply): void {
  if (error.code === 'FST_ERR_BAD_URL') void plain(reply, 400, 'the path has a percent sign that encodes no character');
  else void reply.code(404).send();
}

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no HTTP, or does not arrive in time, is answered once and the connection closed. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const line = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request';
  if (socket.writable) socket.end(`HTTP/1.1 ${line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
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
    const ms = Math.round((hostNow() - (started.get(request) ?? hostNow())) * 1_000) / 1_000;
    const { method, routeOptions, caller } = request;
    request.log.info({ method, route: routeOptions.url ?? null, status: reply.statusCode, ms, by: caller?.identity });
    done();
  });
}
