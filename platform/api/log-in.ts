import { Type } from '@sinclair/typebox';
import { Login, Refresh, Register, TokenLogin, Tokens } from '../../contract/auth';
import { one } from '../../contract/envelopes';
import { DEFAULT_TENANT } from '../store/database';
import { createIdentity, findByLogin, type Identity } from '../store/identities';
import { integrationTokenBySecret, noteUse } from '../store/integration-tokens';
import { passwordMatches } from '../store/passwords';
import { Refusal } from '../refusal';
import type { Api, ApiContext } from './context';
import { addressOf, countLogin } from './throttle';
import { cookieOf } from './token-check';
import { ownerOf, refreshed, tokensFor, tokensOfIntegration, userOf } from './token-pairs';

const answers = { tags: ['auth'], response: { 200: one(Tokens) } };

/** No body at all, and the token in a cookie, is what a browser sends. */
const RefreshOrNone = Type.Unsafe<Refresh | null>({ ...Refresh, type: ['object', 'null'] });

/** What gives tokens. */
export function logInRoutes(api: Api, context: ApiContext): void {
  registerRoute(api, context);
  passwordRoute(api, context);
  tokenRoutes(api, context);
}

function registerRoute(api: Api, context: ApiContext): void {
  api.post(
    '/auth/register',
    {
      config: { public: true },
      schema: { ...answers, body: Register },
      // Before the body: what is closed says so whatever it is sent.
      onRequest: (_request, _reply, done) => {
        done(context.selfRegistration ? undefined : new Refusal('FORBIDDEN', 'Self-registration is disabled'));
      },
    },
    async ({ body: { login, password, display_name } }) => {
      const wanted = { login, password, displayName: display_name || null };
      const made = await context.db.inTenant(DEFAULT_TENANT, (transaction) => createIdentity(transaction, wanted));
      if (!made) throw new Refusal('CONFLICT', 'Login is already taken', { path: 'login' });
      return { data: { ...(await tokensFor(context, made)), user: userOf(made) } };
    },
  );
}

function passwordRoute(api: Api, context: ApiContext): void {
  api.post(
    '/auth/login',
    { config: { public: true, takesNul: true }, schema: { ...answers, body: Login } },
    async (request) => {
      const { login, password } = request.body;
      const succeeded = await countLogin(context, request, login);
      const identity = await knownBy(context, login, password);
      await succeeded();
      if (identity.frozen) throw new Refusal('FORBIDDEN', 'Identity is frozen');
      return { data: { ...(await tokensFor(context, identity)), user: userOf(identity) } };
    },
  );
}

/** UNAUTHORIZED, after the same time and in the same words, whatever it is that does not fit. */
async function knownBy({ db }: ApiContext, login: string, password: string): Promise<Identity> {
  const identity = await db.inNone(async (transaction) =>
    login.includes('\0') ? null : findByLogin(transaction, login),
  );
  const matches = await passwordMatches(identity?.password_hash ?? null, password);
  if (identity && matches) return identity;
  throw new Refusal('UNAUTHORIZED', 'Invalid login or password');
}

function tokenRoutes(api: Api, context: ApiContext): void {
  api.post(
    '/auth/token-login',
    { config: { public: true }, schema: { ...answers, body: TokenLogin } },
    async (request) => {
      const { token: secret } = request.body;
      const owned = await ownerOf(context, (transaction) => integrationTokenBySecret(transaction, secret));
      if (!owned) throw new Refusal('UNAUTHORIZED', 'Invalid integration token');
      const { person, token } = owned;
      await context.db.inTenant(person.tenant, (transaction) => noteUse(transaction, token, addressOf(request)));
      return { data: await tokensOfIntegration(context, person, token) };
    },
  );

  api.post(
    '/auth/refresh',
    { config: { public: true, optionalBody: true }, schema: { ...answers, body: RefreshOrNone } },
    async (request) => ({
      data: await refreshed(context, request.body?.refresh_token ?? cookieOf(request, 'attune_refresh_token')),
    }),
  );
}
