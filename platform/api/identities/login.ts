import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { Login, Refresh, Register, TokenLogin, Tokens } from '../../../contract/auth';
import { dataEnvelope } from '../../../contract/envelopes';
import { DEFAULT_TENANT } from '../../store/database/connection';
import { createIdentity, findIdentityByLogin, type IdentityAccount } from '../../store/identities/identities';
import { findIntegrationTokenBySecret, recordTokenUse } from '../../store/identities/integration-tokens';
import { hashPassword, verifyPassword } from '../../store/identities/passwords';
import { DomainError } from '../../base/domain-error';
import type { Api, ApiContext } from '../http/context';
import { clientAddress, limitLoginAttempts } from '../../auth/login-rate-limit';
import { readCookie } from '../http/authenticate-requests';
import { rejectCrossSite } from '../http/cors';
import {
  findIntegrationTokenOwner,
  refreshTokens,
  issueTokens,
  issueIntegrationTokens,
  userSummary,
} from '../../auth/issue-tokens';

const tokenResponse = { tags: ['auth'], response: { 200: dataEnvelope(Tokens) } };

/** A browser sends no body, and the token in a cookie. */
const OptionalRefresh = Type.Unsafe<Refresh | null>({ ...Refresh, type: ['object', 'null'] });

/** The routes that issue tokens. */
export function loginRoutes(api: Api, context: ApiContext): void {
  registerRoute(api, context);
  passwordLoginRoute(api, context);
  tokenRoutes(api, context);
}

function registerRoute(api: Api, context: ApiContext): void {
  api.post(
    '/auth/register',
    {
      config: { isPublic: true },
      schema: { ...tokenResponse, body: Register },
      // Before the body: a closed registration is rejected whatever the body.
      onRequest: (_request, _reply, done) => {
        done(context.selfRegistration ? undefined : new DomainError('FORBIDDEN', 'Self-registration is disabled'));
      },
    },
    async ({ body: { login, password, display_name } }) => {
      const newIdentity = { login, passwordHash: await hashPassword(password), displayName: display_name || null };
      const identity = await context.db.inTenant(DEFAULT_TENANT, (transaction) =>
        createIdentity(transaction, newIdentity),
      );
      if (!identity) throw new DomainError('CONFLICT', 'Login is already taken', { path: 'login' });
      return { data: { ...(await issueTokens(context, identity)), user: userSummary(identity) } };
    },
  );
}

function passwordLoginRoute(api: Api, context: ApiContext): void {
  api.post(
    '/auth/login',
    { config: { isPublic: true, allowsNul: true }, schema: { ...tokenResponse, body: Login } },
    async (request) => ({ data: await logIn(context, request, request.body) }),
  );
}

/**
 * The tokens of a new session. UNAUTHORIZED, FORBIDDEN for a frozen identity, and RATE_LIMITED
 * after too many attempts.
 */
export async function logIn(context: ApiContext, request: FastifyRequest, { login, password }: Login): Promise<Tokens> {
  const recordSuccess = await limitLoginAttempts(context, request, login);
  const identity = await verifyCredentials(context, login, password);
  await recordSuccess();
  if (identity.frozen) throw new DomainError('FORBIDDEN', 'Identity is frozen');
  return { ...(await issueTokens(context, identity)), user: userSummary(identity) };
}

/** UNAUTHORIZED, after the same time and with the same message, whatever the cause. */
async function verifyCredentials({ db }: ApiContext, login: string, password: string): Promise<IdentityAccount> {
  const identity = await db.withoutTenant(async (transaction) =>
    login.includes('\0') ? null : findIdentityByLogin(transaction, login),
  );
  const matches = await verifyPassword(identity?.password_hash ?? null, password);
  if (identity && matches) return identity;
  throw new DomainError('UNAUTHORIZED', 'Invalid login or password');
}

function tokenRoutes(api: Api, context: ApiContext): void {
  api.post(
    '/auth/token-login',
    { config: { isPublic: true }, schema: { ...tokenResponse, body: TokenLogin } },
    async (request) => {
      const { token: secret } = request.body;
      const tokenOwner = await findIntegrationTokenOwner(context, (transaction) =>
        findIntegrationTokenBySecret(transaction, secret),
      );
      if (!tokenOwner) throw new DomainError('UNAUTHORIZED', 'Invalid integration token');
      const { person, token } = tokenOwner;
      await context.db.inTenant(person.tenant, (transaction) =>
        recordTokenUse(transaction, token.id, clientAddress(context, request)),
      );
      return { data: await issueIntegrationTokens(context, person, token) };
    },
  );

  api.post(
    '/auth/refresh',
    { config: { isPublic: true, isBodyOptional: true }, schema: { ...tokenResponse, body: OptionalRefresh } },
    async (request) => ({ data: await refreshTokens(context, readRefreshToken(request, request.body)) }),
  );
}

/** That of the body; else of the cookie, which a browser sends with requests of any page. */
function readRefreshToken(request: FastifyRequest, body: Refresh | null): string | null {
  if (body) return body.refresh_token;
  const cookie = readCookie(request, 'attune_refresh_token');
  if (cookie !== null) rejectCrossSite(request);
  return cookie;
}
