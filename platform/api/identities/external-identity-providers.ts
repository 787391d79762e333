import { LdapLogin } from '../../../contract/auth';
import { DomainError } from '../../base/domain-error';
import type { FastifyRequest } from 'fastify';
import { endSessions } from '../../auth/end-sessions';
import { readBearer, readCookie } from '../http/authenticate-requests';
import type { Api, ApiContext } from '../http/context';

const SESSION_COOKIES = [
  ...['access_token', 'refresh_token', 'oidc_id_token', 'oidc_state', 'oidc_nonce', 'oidc_pkce_verifier'],
  ...['oidc_redirect_to', 'oidc_cli_redirect'],
].map((name) => `attune_${name}`);

const notConfiguredError = (provider: string) =>
  new DomainError('NOT_IMPLEMENTED', `${provider} authentication is not configured`);

/**
 * Logins through other providers, of which none is configured. Logging out clears the cookies and
 * ends the session of each token of the request, in a cookie or as its bearer.
 */
export function externalIdentityProviderRoutes(api: Api, context: ApiContext): void {
  const config = { isPublic: true };
  const schema = { tags: ['auth'] };

  api.post('/auth/ldap/login', { config, schema: { ...schema, body: LdapLogin } }, () => {
    throw notConfiguredError('LDAP');
  });

  for (const path of ['/auth/oidc/login', '/auth/callback']) {
    api.get(path, { config, schema }, () => {
      throw notConfiguredError('OIDC');
    });
  }

  api.get('/auth/logout', { config, schema }, async (request, reply) => {
    await endRequestSessions(context, request);
    reply.header(
      'set-cookie',
      SESSION_COOKIES.map((name) => `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`),
    );
    return reply.redirect('/login', 307);
  });
}

function endRequestSessions(context: ApiContext, request: FastifyRequest): Promise<void> {
  const cookies = ['attune_access_token', 'attune_refresh_token'].map((name) => readCookie(request, name));
  const tokens = [readBearer(request), ...cookies];
  return endSessions(
    context,
    tokens.filter((token) => token !== null),
  );
}
