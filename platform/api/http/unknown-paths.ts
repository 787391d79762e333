import type { FastifyReply, FastifyRequest } from 'fastify';
import { isPageAddress, sendPage } from '../page/send-page';
import type { Api, Page } from './context';

export interface RegisteredRoute {
  readonly method: string;
  /** As registered: `/api/v1/packs/:ref`. */
  readonly url: string;
}

/**
 * Records the registered routes, and answers all other requests without authentication: with the
 * page, where a browser opens an address of it, else 404 or 405 without a body.
 */
export function rejectUnknownPaths(api: Api, page?: Page): RegisteredRoute[] {
  const table: RegisteredRoute[] = [];
  api.addHook('onRoute', ({ method, url }) => {
    for (const singleMethod of [method].flat()) table.push({ method: singleMethod, url });
  });
  const sendNotFound = (request: FastifyRequest, reply: FastifyReply) => {
    if (page && isPageAddress(request, table)) return sendPage(page, reply);
    const methods = table.filter(({ url }) => matchesPattern(url, request.url)).map(({ method }) => method);
    if (methods.length === 0) return reply.code(404).send();
    return reply.code(405).header('allow', methods.join(', ')).send();
  };
  // Before the body is read, and for every method.
  api.addHook('onRequest', (request, reply, done) => {
    if (request.is404 || hasEmptySegment(request)) void sendNotFound(request, reply);
    else done();
  });
  api.setNotFoundHandler(sendNotFound);
  return table;
}

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
