import { timingSafeEqual, createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** Names of this host in the address of a page that a browser opens here. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/;

/**
 * With a token, every request needs it: as a bearer, or as the password of a browser's log-in.
 * Without one, only requests to a loopback address are served, so that no page of another site
 * reads reports by a name of its own for this host.
 */
export function requireAccess(server: FastifyInstance, token: string | null): void {
  server.addHook('onRequest', async ({ headers }, reply) => {
    if (token === null) {
      if (LOOPBACK.test(headers.host ?? '')) return;
      return reply
        .code(403)
        .send({ error: 'without HUB_TOKEN, only addresses of this host are served', code: 'FORBIDDEN' });
    }
    if (hasToken(headers.authorization ?? '', token)) return;
    return reply
      .code(401)
      .header('www-authenticate', 'Basic realm="hub"')
      .send({ error: 'the token of this hub is required: as a bearer, or as the password', code: 'UNAUTHORIZED' });
  });
}

/**
 * Of every response, errors included: it runs and shows only what the hub itself serves, is in no
 * frame, and has one type.
 */
export function protectResponses(server: FastifyInstance): void {
  server.addHook('onRequest', (_, reply, done) => {
    void reply.headers({
      'content-security-policy':
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    done();
  });
}

function hasToken(authorization: string, token: string): boolean {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return isEqual(value, token);
  if (scheme.toLowerCase() !== 'basic') return false;
  const login = Buffer.from(value, 'base64').toString();
  return isEqual(login.slice(login.indexOf(':') + 1), token);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
