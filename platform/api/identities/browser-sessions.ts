import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BrowserSession, Login, type Tokens } from '../../../contract/auth';
import { dataEnvelope } from '../../../contract/envelopes';
import { endSessions } from '../../auth/end-sessions';
import { refreshTokens } from '../../auth/issue-tokens';
import { REFRESH_TOKEN_SECONDS } from '../../auth/tokens';
import { DomainError } from '../../base/domain-error';
import { readCookie } from '../http/authenticate-requests';
import type { Api, ApiContext } from '../http/context';
import { BROWSER_SESSION, rejectOtherOrigin } from '../http/cors';
import { logIn } from './login';

/**
 * Sessions of a browser: its scripts get the access token alone. The refresh token is in a cookie
 * that these routes alone receive, no script can read, and no other origin's page can use.
 */
export function browserSessionRoutes(api: Api, context: ApiContext): void {
  if (!context.extensions) return;
  const tags = ['auth'];
  const schema = { tags, response: { 200: dataEnvelope(BrowserSession) } };
  const config = { isPublic: true };
  const cookie = new SessionCookie(context);
  const onRequest = (request: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    rejectOtherOrigin(request);
    done();
  };

  api.post(
    BROWSER_SESSION,
    { config: { ...config, allowsNul: true }, onRequest, schema: { ...schema, body: Login } },
    async (request, reply) => cookie.send(request, reply, await logIn(context, request, request.body)),
  );

  // A browser without a session has made no mistake.
  api.post(
    `${BROWSER_SESSION}/renew`,
    {
      config: { ...config, ignoresBody: true },
      onRequest,
      schema: { tags, response: { ...schema.response, 204: Type.Null() } },
    },
    async (request, reply) => {
      const token = cookie.read(request);
      if (token === null) return reply.code(204).send(null);
      try {
        // A page that is loaded again has not read the response to its last renewal.
        return cookie.send(request, reply, await refreshTokens(context, token, { repeatsRotation: true }));
      } catch (error) {
        if (isRejection(error)) cookie.clear(request, reply);
        throw error;
      }
    },
  );

  api.delete(BROWSER_SESSION, { config, onRequest, schema: { tags } }, async (request, reply) => {
    const token = cookie.read(request);
    if (token !== null) await endSessions(context, [token]);
    cookie.clear(request, reply);
    return reply.code(204).send();
  });
}

/** The session of the cookie has ended, or its identity is frozen. */
const isRejection = (error: unknown): boolean =>
  error instanceof DomainError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN');

/** Cookies are shared by all ports of a host: its name differs for each stack. */
class SessionCookie {
  private readonly name: string;

  constructor({ stackId }: Pick<ApiContext, 'stackId'>) {
    this.name = stackId === undefined ? 'tuningfork_session' : `tuningfork_session_${stackId.slice(0, 8)}`;
  }

  read(request: FastifyRequest): string | null {
    return readCookie(request, this.name);
  }

  /** Returns what scripts get. */
  send(request: FastifyRequest, reply: FastifyReply, { refresh_token, ...session }: Tokens) {
    this.write(request, reply, refresh_token, REFRESH_TOKEN_SECONDS);
    return { data: session };
  }

  clear(request: FastifyRequest, reply: FastifyReply): void {
    this.write(request, reply, '', 0);
  }

  /** Over HTTPS, the browser sends it over HTTPS only. */
  private write({ headers }: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
    const secure = headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
    reply.header(
      'set-cookie',
      `${this.name}=${value}; Path=${BROWSER_SESSION}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`,
    );
  }
}
