import { LdapLogin } from '../../contract/auth';
import { Refusal } from '../refusal';
import type { Api } from './context';

const COOKIES = [
  ...['access_token', 'refresh_token', 'oidc_id_token', 'oidc_state', 'oidc_nonce', 'oidc_pkce_verifier'],
  ...['oidc_redirect_to', 'oidc_cli_redirect'],
].map((name) => `attune_${name}`);

const notConfigured = (provider: string) =>
  new Refusal('NOT_IMPLEMENTED', `${provider} authentication is not configured`);

/** Log-ins by way of others: none is configured here, and the answer says so. Logging out forgets the cookies. */
export function foreignProvidersRoutes(api: Api): void {
  const config = { public: true };
  const schema = { tags: ['auth'] };

  api.post('/auth/ldap/login', { config, schema: { ...schema, body: LdapLogin } }, () => {
    throw notConfigured('LDAP');
  });

  for (const path of ['/auth/oidc/login', '/auth/callback']) {
    api.get(path, { config, schema }, () => {
      throw notConfigured('OIDC');
    });
  }

  api.get('/auth/logout', { config, schema }, (_request, reply) => {
    reply.header(
      'set-cookie',
      COOKIES.map((name) => `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`),
    );
    return reply.redirect('/login', 307);
  });
}
