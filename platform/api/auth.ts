import { Type } from '@sinclair/typebox';
import {
  AuthSettings,
  ChangePassword,
  CurrentUser,
  Login,
  Refresh,
  Register,
  Tokens,
  UpdateMe,
} from '../../contract/auth';
import { one } from '../../contract/envelopes';
import { DEFAULT_TENANT, type Transaction } from '../store/database';
import { createIdentity, findById, findByLogin, setDisplayName, setPassword, type Identity } from '../store/identities';
import { passwordMatches } from '../store/passwords';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { TokenRefusal, notFound } from './errors';
import { effective } from './grants';
import { cookieOf, identify } from './token-check';
import { ACCESS_SECONDS, REFRESH_SECONDS, readToken, signToken } from './tokens';

const TAGS = ['auth'];
const ALL_KINDS = ['access', 'execution', 'worker', 'sensor'] as const;

/** No body at all, and the token in a cookie, is what a browser sends. */
const RefreshOrNone = Type.Unsafe<Refresh | null>({ ...Refresh, type: ['object', 'null'] });

export function authRoutes(api: Api, context: ApiContext): void {
  logInRoutes(api, context);
  meRoutes(api, context);
  api.get(
    '/auth/settings',
    { config: { public: true }, schema: { tags: TAGS, response: { 200: one(AuthSettings) } } },
    (_request, reply) => void reply.send({ data: settingsOf(context.selfRegistration) }),
  );
}

function logInRoutes(api: Api, context: ApiContext): void {
  const { db } = context;
  const answers = { tags: TAGS, response: { 200: one(Tokens) } };

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
      const made = await db.inTenant(DEFAULT_TENANT, (transaction) => createIdentity(transaction, wanted));
      if (!made) throw new Refusal('CONFLICT', 'Login is already taken', { path: 'login' });
      return { data: { ...(await tokensFor(context, made)), user: userOf(made) } };
    },
  );

  api.post(
    '/auth/login',
    { config: { public: true, takesNul: true }, schema: { ...answers, body: Login } },
    async ({ body: { login, password } }) => {
      const identity = await db.inNone(async (transaction) =>
        login.includes('\0') ? null : findByLogin(transaction, login),
      );
      if (!(await passwordMatches(identity?.password_hash ?? null, password)) || !identity) {
        throw new Refusal('UNAUTHORIZED', 'Invalid login or password');
      }
      if (identity.frozen) throw new Refusal('FORBIDDEN', 'Identity is frozen');
      return { data: { ...(await tokensFor(context, identity)), user: userOf(identity) } };
    },
  );

  api.post(
    '/auth/refresh',
    { config: { public: true, optionalBody: true }, schema: { ...answers, body: RefreshOrNone } },
    async (request) => {
      const token = request.body?.refresh_token ?? cookieOf(request, 'attune_refresh_token');
      const caller = await refreshing(context, token);
      return { data: await tokensFor(context, { id: caller.identity, login: caller.login, tenant: caller.tenant }) };
    },
  );
}

/** Whose refresh token this is. UNAUTHORIZED for anything else, FORBIDDEN once frozen. */
async function refreshing({ db, tokenSecret }: ApiContext, token: string | null): Promise<Caller> {
  try {
    const claims = await readToken(tokenSecret, token ?? '');
    if (claims.tokenType === 'refresh') return await identify(db, claims);
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error;
  }
  throw new Refusal('UNAUTHORIZED', 'Invalid or expired refresh token');
}

async function tokensFor(
  { tokenSecret }: ApiContext,
  { id, login, tenant }: Pick<Identity, 'id' | 'login' | 'tenant'>,
): Promise<Tokens> {
  const token = { identity: id, login, tenant };
  return {
    access_token: await signToken(tokenSecret, { ...token, tokenType: 'access', seconds: ACCESS_SECONDS }),
    refresh_token: await signToken(tokenSecret, { ...token, tokenType: 'refresh', seconds: REFRESH_SECONDS }),
    token_type: 'Bearer',
    expires_in: ACCESS_SECONDS,
  };
}

const userOf = ({ id, login, display_name }: Identity) => ({ id, login, display_name });

function meRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags: TAGS, response: { 200: one(CurrentUser) } };

  api.get('/auth/me', { config: { tokenErrors: 'A', grant: null, tokens: ALL_KINDS }, schema }, ({ caller }) =>
    db.inTenant(caller.tenant, async (transaction) => ({ data: await currentUser(transaction, caller) })),
  );

  api.put(
    '/auth/me',
    { config: { grant: null, tokens: ['access'] }, schema: { ...schema, body: UpdateMe } },
    async ({ caller, body }) => {
      return db.inTenant(caller.tenant, async (transaction) => {
        if (typeof body.display_name === 'string') {
          await setDisplayName(transaction, caller.identity, body.display_name || null);
        }
        return { data: await currentUser(transaction, caller) };
      });
    },
  );

  api.post(
    '/auth/change-password',
    {
      config: { takesNul: true, grant: null, tokens: ['access'] },
      schema: { tags: TAGS, body: ChangePassword, response: { 200: one(Changed) } },
    },
    async ({ caller, body }) => {
      await db.inTenant(caller.tenant, (transaction) =>
        changePassword(transaction, caller.identity, body.current_password, body.new_password),
      );
      return { data: { success: true as const, message: 'Password changed' } };
    },
  );
}

const Changed = Type.Object({ success: Type.Literal(true), message: Type.String() });

async function changePassword(transaction: Transaction, id: number, current: string, next: string): Promise<void> {
  const identity = await findById(transaction, id);
  if (!identity) throw notFound('Identity');
  if (identity.password_hash === null) throw new Refusal('FORBIDDEN', 'This identity has no password here to change');
  if (!(await passwordMatches(identity.password_hash, current))) {
    throw new Refusal('UNAUTHORIZED', 'Current password is wrong');
  }
  await setPassword(transaction, id, next);
}

async function currentUser(transaction: Transaction, caller: Caller): Promise<CurrentUser> {
  const identity = await findById(transaction, caller.identity);
  if (!identity) throw notFound('Identity');
  const { permissions, setRefs } = await effective(transaction, caller);
  return {
    ...userOf(identity),
    auth_provider: 'local',
    is_local: true,
    can_change_password: identity.password_hash !== null,
    effective_permissions: permissions,
    assigned_permission_set_refs: setRefs,
  };
}

const settingsOf = (selfRegistration: boolean): AuthSettings => ({
  authentication_enabled: true,
  local_password_enabled: true,
  local_password_visible_by_default: true,
  oidc_enabled: false,
  oidc_visible_by_default: false,
  oidc_provider_name: null,
  oidc_provider_label: null,
  oidc_provider_icon_url: null,
  ldap_enabled: false,
  ldap_visible_by_default: false,
  ldap_provider_name: null,
  ldap_provider_label: null,
  ldap_provider_icon_url: null,
  self_registration_enabled: selfRegistration,
});
