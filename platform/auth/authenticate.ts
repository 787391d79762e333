import type { TokenType } from '../../contract/auth';
import { isTerminal } from '../../contract/status';
import type { Database } from '../store/database/connection';
import { isSensorLeased } from '../store/events/sensor-processes';
import { findCurrentAttempt } from '../store/executions/attempts';
import type { EffectivePermissionSet } from '../store/identities/grants';
import {
  findSessionIdentity,
  findSessionIdentityWithSets,
  type IdentityAccount,
  type SessionIdentity,
} from '../store/identities/identities';
import { DomainError } from '../base/domain-error';
import { platformNow } from '../base/tenant-clocks';
import type { Caller } from './caller';
import { AuthenticationError } from './auth-errors';
import { invalidToken, type TokenClaims } from './tokens';

/** The token types that a route accepts by default. */
export const DEFAULT_TOKEN_TYPES: readonly TokenType[] = ['access', 'execution', 'worker'];

/** The identity of a valid token has been deleted. */
export class IdentityNotFoundError extends AuthenticationError {
  constructor() {
    super('Invalid authentication token');
  }
}

/**
 * A token is valid as long as its identity and its session: 401 for a deleted identity, one of
 * another tenant or a session that has ended, by itself or with its integration token; FORBIDDEN
 * for a frozen identity.
 */
export async function resolveIdentity(db: Database, claims: TokenClaims): Promise<IdentityAccount> {
  const identity = await db.singleStatement((transaction) => findSessionIdentity(transaction, claims));
  return requireValid(claims, identity);
}

function requireValid(claims: TokenClaims, identity: SessionIdentity | null): SessionIdentity {
  if (!identity) throw new IdentityNotFoundError();
  if (claims.tenant !== null && claims.tenant !== identity.tenant) throw invalidToken();
  if (identity.isEnded || isOfEarlierEpoch(claims, identity)) throw invalidToken();
  if (identity.frozen) throw new DomainError('FORBIDDEN', 'Identity is frozen');
  return identity;
}

/** Tokens of log-ins belong to an epoch; the first one where they do not name it. */
const isOfEarlierEpoch = ({ tokenType, session }: TokenClaims, { session_epoch: epoch }: IdentityAccount): boolean =>
  (tokenType === 'access' || tokenType === 'refresh') && (session?.epoch ?? 0) !== epoch;

/** Throws as `resolveIdentity`, and `invalidToken` where the program of the token has ended. */
export async function resolveCaller(db: Database, claims: TokenClaims): Promise<Caller> {
  const caller = callerOf(claims, await resolveIdentity(db, claims));
  await requireActiveProgram(db, caller);
  return caller;
}

/** The caller of an earlier request, as of now. Throws also for a token that has expired. */
export async function resolveCallerAgain(db: Database, { tenant, claims }: Caller): Promise<Caller> {
  if (claims.expiresAt <= platformNow(tenant)) throw invalidToken();
  return resolveCaller(db, claims);
}

/**
 * The caller of a token of a log-in, and in the same statement the permission sets that are
 * assigned to the identity. Throws what `resolveIdentity` throws.
 */
export async function resolveCallerWithSets(
  db: Database,
  claims: TokenClaims,
  tenant: number,
): Promise<{ caller: Caller; sets: readonly EffectivePermissionSet[] }> {
  const found = await db.readingInTenant(tenant, (transaction) => findSessionIdentityWithSets(transaction, claims));
  return { caller: callerOf(claims, requireValid(claims, found?.identity ?? null)), sets: found?.sets ?? [] };
}

function callerOf(claims: TokenClaims, identity: IdentityAccount): Caller {
  return {
    identity: identity.id,
    owner: claims.tokenType === 'execution' && !claims.isAuthoredByExecutor ? null : identity.id,
    tenant: identity.tenant,
    login: claims.login ?? identity.login,
    tokenType: claims.tokenType,
    execution: claims.execution,
    actionRef: claims.actionRef,
    permissionSetRefs: claims.permissionSetRefs,
    standardActionRefs: claims.standardActionRefs,
    standardPackRefs: claims.standardPackRefs,
    triggerTypes: claims.triggerTypes,
    sensorPackRef: claims.sensorPackRef,
    claims,
  };
}

/** Throws `invalidToken` for the token of an execution or of a sensor that has ended. */
async function requireActiveProgram(db: Database, caller: Caller): Promise<void> {
  if (caller.tokenType === 'execution' && (await hasEndedAttempt(db, caller))) throw invalidToken();
  const { sensorLease: lease } = caller.claims;
  if (caller.tokenType !== 'sensor' || lease === null) return;
  const isLeased = await db.readingInTenant(caller.tenant, (transaction) => isSensorLeased(transaction, lease));
  if (!isLeased) throw invalidToken();
}

/**
 * An execution token ends with its execution, and before that with the lease of its attempt:
 * another one runs then. One that names no known execution is subject to its grants alone.
 */
export async function hasEndedAttempt(
  db: Database,
  { tenant, execution, claims: { attempt } }: Pick<Caller, 'tenant' | 'execution' | 'claims'>,
): Promise<boolean> {
  if (execution === null) return false;
  const found = await db.inTenant(tenant, (transaction) => findCurrentAttempt(transaction, execution));
  if (found === null) return false;
  return isTerminal(found.status) || (attempt !== null && !(found.isLeased && found.attempt === attempt));
}
