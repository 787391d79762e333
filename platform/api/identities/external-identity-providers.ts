import { LdapLogin } from '../../../contract/auth';
import { DomainError } from '../../domain-error';
import type { Api } from '../http/context';

const SESSION_COOKIES = [
  ...['access_token', 'refresh_token', 'oidc_id_token', 'oidc_state', 'oidc_nonce', 'oidc_pkce_verifier'],
  ...['oidc_redirect_to', 'oidc_cli_redirect'],
].map((name) => `attune_${name}`);

const notConfiguredError = (provider: string) =>
  new DomainError('NOT_IMPLEMENTED', `${provider} authentication is not configured`);

/** Logins through other providers, of which none is configured. Logging out clears the cookies. */
export function externalIdentityProviderRoutes(api: Api): void {
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

  api.get('/auth/logout', { config, schema }, (_request, reply) => {
    reply.header(
      'set-cookie',
      SESSION_COOKIES.map((name) => `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`),
    );
    return reply.redirect('/login', 307);
  });
}
