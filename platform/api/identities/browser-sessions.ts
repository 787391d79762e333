import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BrowserSession, Login, type Tokens } from '../../../contract/auth';
import { dataEnvelope } from '../../../contract/envelopes';
import { endSessions } from '../../auth/end-sessions';
import { refreshTokens } from '../../auth/issue-tokens';
import { REFRESH_TOKEN_SECONDS } from '../../auth/tokens';
import { readCookie } from '../http/authenticate-requests';
import type { Api, ApiContext } from '../http/context';
import { rejectCrossSite } from '../http/cors';
import { logIn } from './login';

const PATH = '/auth/session';
const COOKIE = 'attune_refresh_token';

/**
 * Sessions of a browser: its scripts get the access token alone. The refresh token is in a cookie
 * that only `/auth` receives, no script can read, and no other site's page can send.
 */
export function browserSessionRoutes(api: Api, context: ApiContext): void {
  if (!context.extensions) return;
  const tags = ['auth'];
  const schema = { tags, response: { 200: dataEnvelope(BrowserSession) } };
  const config = { isPublic: true };
  const onRequest = (request: FastifyRequest, _reply: FastifyReply, done: () => void): void => {
    rejectCrossSite(request);
    done();
  };

  api.post(
    PATH,
    { config: { ...config, allowsNul: true }, onRequest, schema: { ...schema, body: Login } },
    async (request, reply) => sendSession(request, reply, await logIn(context, request, request.body)),
  );

  // A browser without a session has made no mistake.
  api.post(
    `${PATH}/renew`,
    {
      config: { ...config, ignoresBody: true },
      onRequest,
      schema: { tags, response: { ...schema.response, 204: Type.Null() } },
    },
    async (request, reply) => {
      const token = readCookie(request, COOKIE);
      if (token === null) return reply.code(204).send(null);
      return sendSession(request, reply, await refreshTokens(context, token));
    },
  );

  api.delete(PATH, { config, onRequest, schema: { tags } }, async (request, reply) => {
    const token = readCookie(request, COOKIE);
    if (token !== null) await endSessions(context, [token]);
    return reply
      .code(204)
      .header('set-cookie', cookieOf(request, '', 0))
      .send();
  });
}

function sendSession(request: FastifyRequest, reply: FastifyReply, { refresh_token, ...session }: Tokens) {
  reply.header('set-cookie', cookieOf(request, refresh_token, REFRESH_TOKEN_SECONDS));
  return { data: session };
}

/** Over HTTPS, the browser sends it over HTTPS only. */
function cookieOf({ headers }: FastifyRequest, value: string, seconds: number): string {
  const secure = headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  return `${COOKIE}=${value}; Path=/auth; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}
