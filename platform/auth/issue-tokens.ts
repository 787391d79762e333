import { randomUUID } from 'node:crypto';
import type { Tokens } from '../../contract/auth';
import type { Transaction } from '../store/database/connection';
import { findIdentityById, type IdentityAccount } from '../store/identities/identities';
import { findIntegrationTokenById, type ActiveIntegrationToken } from '../store/identities/integration-tokens';
import { createRefreshFamily, rotateRefreshFamily } from '../store/identities/refresh-families';
import { DomainError } from '../base/domain-error';
import { platformNow } from '../base/tenant-clocks';
import type { AuthContext } from './auth-context';
import { AuthenticationError } from './auth-errors';
import { resolveIdentity } from './authenticate';
import {
  ACCESS_TOKEN_SECONDS,
  REFRESH_TOKEN_SECONDS,
  readToken,
  signToken,
  type NewToken,
  type Session,
  type TokenClaims,
} from './tokens';

type TokenOwner = Pick<IdentityAccount, 'id' | 'login' | 'tenant' | 'display_name' | 'session_epoch'>;

const newSession = ({ session_epoch: epoch }: Pick<TokenOwner, 'session_epoch'>): Session => ({
  id: randomUUID(),
  epoch,
});

export const userSummary = ({ id, login, display_name }: Pick<IdentityAccount, 'id' | 'login' | 'display_name'>) => ({
  id,
  login,
  display_name,
});

const tokenPair = (access: string, refresh: string, seconds = ACCESS_TOKEN_SECONDS): Tokens => ({
  access_token: access,
  refresh_token: refresh,
  token_type: 'Bearer',
  expires_in: seconds,
});

const signAccessToken = (
  { tokenSecret }: AuthContext,
  { id, login, tenant }: Pick<TokenOwner, 'id' | 'login' | 'tenant'>,
  session: Session,
  { seconds = ACCESS_TOKEN_SECONDS, ...more }: Partial<Pick<NewToken, 'seconds' | 'metadata'>> = {},
): Promise<string> =>
  signToken(tokenSecret, { identity: id, login, tenant, tokenType: 'access', seconds, session, ...more });

interface FamilyGeneration {
  readonly family: number;
  readonly generation: number;
}

async function issueTokenPair(
  context: AuthContext,
  person: Pick<TokenOwner, 'id' | 'login' | 'tenant'>,
  session: Session,
  familyGeneration: FamilyGeneration | null,
): Promise<Tokens> {
  const { id, login, tenant } = person;
  const refresh = await signToken(context.tokenSecret, {
    identity: id,
    login,
    tenant,
    tokenType: 'refresh',
    seconds: REFRESH_TOKEN_SECONDS,
    session,
    ...(familyGeneration && {
      metadata: { family_id: familyGeneration.family, generation: familyGeneration.generation },
    }),
  });
  return tokenPair(await signAccessToken(context, person, session), refresh);
}

/** An access and a refresh token of a new session, or of the session that is refreshed. */
export async function issueTokens(
  context: AuthContext,
  person: Omit<TokenOwner, 'display_name'>,
  session = newSession(person),
): Promise<Tokens> {
  if (!context.refreshRotation) return issueTokenPair(context, person, session, null);
  const family = await context.db.inTenant(person.tenant, (transaction) =>
    createRefreshFamily(transaction, person.id, REFRESH_TOKEN_SECONDS),
  );
  return issueTokenPair(context, person, session, { family, generation: 1 });
}

/**
 * The same for an integration token: both tokens expire with it, and end as soon as it is revoked
 * or removed, or their session ends.
 */
export async function issueIntegrationTokens(
  context: AuthContext,
  person: TokenOwner,
  { id, expires_at: end }: Pick<ActiveIntegrationToken, 'id' | 'expires_at'>,
  session = newSession(person),
): Promise<Tokens> {
  const { login, tenant } = person;
  const left = end === null ? Infinity : Math.ceil((Date.parse(end) - platformNow(tenant)) / 1_000);
  const seconds = Math.max(0, Math.min(ACCESS_TOKEN_SECONDS, left));
  const access = await signAccessToken(context, person, session, { seconds, metadata: { integration_token_id: id } });
  const refresh = await signToken(context.tokenSecret, {
    identity: id,
    login,
    tenant,
    session,
    tokenType: 'refresh',
    seconds: REFRESH_TOKEN_SECONDS,
    scope: 'integration_token',
    metadata: { identity_id: person.id, integration_token_id: id, auth_method: 'integration_token' },
  });
  return { ...tokenPair(access, refresh, seconds), user: userSummary(person) };
}

const invalidRefreshToken = (reason?: string) =>
  new DomainError('UNAUTHORIZED', 'Invalid or expired refresh token', reason === undefined ? undefined : { reason });

/**
 * New tokens for a refresh token. UNAUTHORIZED for anything else, FORBIDDEN for a frozen identity.
 * `repeatsRotation`: for a token that was rotated a moment ago, too, whose response may be lost.
 */
export async function refreshTokens(
  context: AuthContext,
  token: string | null,
  { repeatsRotation = false } = {},
): Promise<Tokens> {
  const claims = await readRefreshClaims(context, token);
  if (claims.integrationToken !== null) return refreshIntegrationTokens(context, claims, claims.integrationToken);
  const person = await resolveTokenOwner(context, claims);
  const { family } = claims;
  const session = claims.session ?? newSession(person);
  if (!context.refreshRotation || family === null) return issueTokens(context, person, session);
  const outcome = await context.db.inTenant(person.tenant, (transaction) =>
    rotateRefreshFamily(transaction, {
      ...family,
      identity: person.id,
      lifetimeSeconds: REFRESH_TOKEN_SECONDS,
      repeatsRotation,
    }),
  );
  if (outcome === 'reused') throw invalidRefreshToken('REFRESH_REUSED');
  if (outcome === 'lost') throw invalidRefreshToken();
  return issueTokenPair(context, person, session, { family: family.family, generation: outcome });
}

async function readRefreshClaims({ tokenSecret }: AuthContext, token: string | null): Promise<TokenClaims> {
  try {
    const claims = await readToken(tokenSecret, token ?? '');
    if (claims.tokenType === 'refresh') return claims;
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
  }
  throw invalidRefreshToken();
}

async function resolveTokenOwner({ db }: AuthContext, claims: TokenClaims): Promise<Omit<TokenOwner, 'display_name'>> {
  try {
    const identity = await resolveIdentity(db, claims);
    return { ...identity, login: claims.login ?? identity.login };
  } catch (error) {
    throw error instanceof AuthenticationError ? invalidRefreshToken() : error;
  }
}

/** A revoked, expired or deleted token and a frozen owner get the same response. */
async function refreshIntegrationTokens(context: AuthContext, claims: TokenClaims, id: number): Promise<Tokens> {
  const tokenOwner = await findIntegrationTokenOwner(context, (transaction) =>
    findIntegrationTokenById(transaction, id),
  );
  if (!tokenOwner) throw invalidRefreshToken();
  const { person, token } = tokenOwner;
  await resolveTokenOwner(context, { ...claims, identity: person.id });
  return issueIntegrationTokens(context, person, token, claims.session ?? newSession(person));
}

/**
 * The integration token that was found, and its owner; null for none that is valid, or a frozen
 * owner.
 */
export async function findIntegrationTokenOwner(
  { db }: AuthContext,
  find: (transaction: Transaction) => Promise<ActiveIntegrationToken | null>,
): Promise<{ readonly person: TokenOwner; readonly token: ActiveIntegrationToken } | null> {
  return db.withoutTenant(async (transaction) => {
    const found = await find(transaction);
    const person = found && (await findIdentityById(transaction, found.identity));
    return found && person && !person.frozen ? { person, token: found } : null;
  });
}
