import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './context';
import { DomainError } from '../../domain-error';
import { sendErrorEnvelope } from './error-handler';
import { NOT_BUILT } from '../not-built';

export interface RegisteredRoute {
  readonly method: string;
  /** As registered: `/api/v1/packs/:ref`. */
  readonly url: string;
}

/**
 * Records the registered routes, and answers all other requests without authentication: 501 with
 * the feature's name for a route of Attune that is not built, else 404 or 405 without a body.
 */
export function rejectUnknownPaths(api: Api): RegisteredRoute[] {
  const table: RegisteredRoute[] = [];
  api.addHook('onRoute', ({ method, url }) => {
    for (const singleMethod of [method].flat()) table.push({ method: singleMethod, url });
  });
  const sendNotFound = (request: FastifyRequest, reply: FastifyReply) => {
    const feature = featureNotBuilt(request);
    if (feature !== null) return sendErrorEnvelope(reply, notBuilt(feature));
    const methods = table.filter(({ url }) => matchesPattern(url, request.url)).map(({ method }) => method);
    if (methods.length === 0) return reply.code(404).send();
    return reply.code(405).header('allow', methods.join(', ')).send();
  };
  // Before the body is read, and for every method.
  api.addHook('onRequest', (request, reply, done) => {
    if (request.is404 || hasEmptySegment(request)) sendNotFound(request, reply);
    else done();
  });
  api.setNotFoundHandler(sendNotFound);
  return table;
}

/** The feature that a request asks for in vain; null for one that is no route of Attune. */
function featureNotBuilt({ method, url }: FastifyRequest): string | null {
  for (const [feature, routes] of Object.entries(NOT_BUILT)) {
    const isOne = (route: string) =>
      route.startsWith(`${method} `) && matchesPattern(route.slice(method.length + 1), url);
    if (routes.some(isOne)) return feature;
  }
  return null;
}

const notBuilt = (feature: string) =>
  new DomainError('NOT_IMPLEMENTED', `${feature}: this platform does not have them yet`, { feature });

/** The router matches `/packs/` as a pack whose ref is empty. */
const hasEmptySegment = ({ params }: FastifyRequest): boolean => Object.values(params ?? {}).includes('');

/**
 * Whether a path matches a pattern: a named segment matches any text that is not empty, `*` the
 * rest.
 */
function matchesPattern(pattern: string, url: string): boolean {
  const patternSegments = pattern.split('/');
  const pathSegments = (url.split('?', 1)[0] ?? '').split('/');
  if (patternSegments.at(-1) !== '*' && patternSegments.length !== pathSegments.length) return false;
  return patternSegments.every((segment, index) => {
    if (segment === '*') return true;
    return segment.startsWith(':') ? (pathSegments[index] ?? '') !== '' : segment === pathSegments[index];
  });
}
