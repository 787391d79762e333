import type { Tokens } from '../../contract/auth';
import type { Transaction } from '../store/database';
import { findById, type Identity } from '../store/identities';
import { integrationTokenById, type KnownIntegrationToken } from '../store/integration-tokens';
import { openFamily, rotateFamily } from '../store/refresh-families';
import { Refusal } from '../refusal';
import type { ApiContext } from './context';
import { TokenRefusal } from './errors';
import { identify } from './token-check';
import { ACCESS_SECONDS, REFRESH_SECONDS, readToken, signToken, type Claims } from './tokens';

export type Person = Pick<Identity, 'id' | 'login' | 'tenant' | 'display_name'>;

export const userOf = ({ id, login, display_name }: Pick<Identity, 'id' | 'login' | 'display_name'>) => ({
  id,
  login,
  display_name,
});

const pair = (access: string, refresh: string): Tokens => ({
  access_token: access,
  refresh_token: refresh,
  token_type: 'Bearer',
  expires_in: ACCESS_SECONDS,
});

const accessFor = ({ tokenSecret }: ApiContext, { id, login, tenant }: Omit<Person, 'display_name'>): Promise<string> =>
  signToken(tokenSecret, { identity: id, login, tenant, tokenType: 'access', seconds: ACCESS_SECONDS });

interface Generation {
  readonly family: number;
  readonly generation: number;
}

async function pairOf(
  context: ApiContext,
  person: Omit<Person, 'display_name'>,
  line: Generation | null,
): Promise<Tokens> {
  const { id, login, tenant } = person;
  const refresh = await signToken(context.tokenSecret, {
    ...{ identity: id, login, tenant },
    tokenType: 'refresh',
    seconds: REFRESH_SECONDS,
    ...(line && { metadata: { family_id: line.family, generation: line.generation } }),
  });
  return pair(await accessFor(context, person), refresh);
}

/** An access and a refresh token for who has just logged in. */
export async function tokensFor(context: ApiContext, person: Omit<Person, 'display_name'>): Promise<Tokens> {
  if (!context.refreshRotation) return pairOf(context, person, null);
  const family = await context.db.inTenant(person.tenant, (transaction) =>
    openFamily(transaction, person.id, REFRESH_SECONDS),
  );
  return pairOf(context, person, { family, generation: 1 });
}

/** The same for an integration token that was traded: the refresh token is of that token and ends with it. */
export async function tokensOfIntegration(context: ApiContext, person: Person, token: number): Promise<Tokens> {
  const refresh = await signToken(context.tokenSecret, {
    ...{ identity: token, login: person.login, tenant: person.tenant },
    ...{ tokenType: 'refresh', seconds: REFRESH_SECONDS, scope: 'integration_token' },
    metadata: { identity_id: person.id, integration_token_id: token, auth_method: 'integration_token' },
  });
  return { ...pair(await accessFor(context, person), refresh), user: userOf(person) };
}

const dead = (reason?: string) =>
  new Refusal('UNAUTHORIZED', 'Invalid or expired refresh token', reason === undefined ? undefined : { reason });

/** New tokens for a refresh token. UNAUTHORIZED for anything else, FORBIDDEN once frozen. */
export async function refreshed(context: ApiContext, token: string | null): Promise<Tokens> {
  const claims = await refreshClaims(context, token);
  if (claims.integrationToken !== null) return ofIntegration(context, claims.integrationToken);
  const person = await personOf(context, claims);
  const { family } = claims;
  if (!context.refreshRotation || family === null) return tokensFor(context, person);
  const outcome = await context.db.inTenant(person.tenant, (transaction) =>
    rotateFamily(transaction, { ...family, identity: person.id, seconds: REFRESH_SECONDS }),
  );
  if (outcome === 'reused') throw dead('REFRESH_REUSED');
  if (outcome === 'lost') throw dead();
  return pairOf(context, person, { family: family.family, generation: outcome });
}

async function refreshClaims({ tokenSecret }: ApiContext, token: string | null): Promise<Claims> {
  try {
    const claims = await readToken(tokenSecret, token ?? '');
    if (claims.tokenType === 'refresh') return claims;
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error;
  }
  throw dead();
}

async function personOf({ db }: ApiContext, claims: Claims): Promise<Omit<Person, 'display_name'>> {
  try {
    const { identity: id, login, tenant } = await identify(db, claims);
    return { id, login, tenant };
  } catch (error) {
    throw error instanceof TokenRefusal ? dead() : error;
  }
}

/** Revoked, expired, removed and frozen are alike. */
async function ofIntegration(context: ApiContext, id: number): Promise<Tokens> {
  const owned = await ownerOf(context, (transaction) => integrationTokenById(transaction, id));
  if (!owned) throw dead();
  return tokensOfIntegration(context, owned.person, owned.token);
}

/** Whose integration token was found, and which; null where there is none that is good, or its owner is frozen. */
export async function ownerOf(
  { db }: ApiContext,
  find: (transaction: Transaction) => Promise<KnownIntegrationToken | null>,
): Promise<{ readonly person: Person; readonly token: number } | null> {
  return db.inNone(async (transaction) => {
    const found = await find(transaction);
    const person = found && (await findById(transaction, found.identity));
    return found && person && !person.frozen ? { person, token: found.id } : null;
  });
}
