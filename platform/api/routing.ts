import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './context';

export interface RouteEntry {
  readonly method: string;
  /** As registered: `/api/v1/packs/:ref`. */
  readonly url: string;
}

/** Collects what is registered, and answers all else: 404 or 405, without a body, whether or not a token is sent. */
export function answerUnknownPaths(api: Api): RouteEntry[] {
  const table: RouteEntry[] = [];
  api.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) table.push({ method: one, url });
  });
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const methods = table.filter(({ url }) => matches(url, request.url)).map(({ method }) => method);
    if (methods.length === 0) return reply.code(404).send();
    return reply.code(405).header('allow', methods.join(', ')).send();
  };
  // Before the body is looked at, and for every method.
  api.addHook('onRequest', (request, reply, done) => {
    if (request.is404 || hasEmptySegment(request)) answer(request, reply);
    else done();
  });
  api.setNotFoundHandler(answer);
  return table;
}

/** The router takes `/packs/` for a pack whose ref is empty. */
const hasEmptySegment = ({ params }: FastifyRequest): boolean => Object.values(params ?? {}).includes('');

/** Whether a path fits a route's pattern: a named segment takes any text that is not empty, `*` all the rest. */
function matches(pattern: string, target: string): boolean {
  const wanted = pattern.split('/');
  const given = (target.split('?', 1)[0] ?? '').split('/');
  if (wanted.at(-1) !== '*' && wanted.length !== given.length) return false;
  return wanted.every((segment, at) => {
    if (segment === '*') return true;
    return segment.startsWith(':') ? (given[at] ?? '') !== '' : segment === given[at];
  });
}
