import { AuthenticationError } from '../../../auth/auth-errors';
import { signWorkerToken, type TokenClaims } from '../../../auth/tokens';
import { livenessNow } from '../../../base/clock';
import { DomainError } from '../../../base/domain-error';
import type { Database } from '../../../store/database/connection';
import { findStandaloneWorker } from '../../../store/workers/standalone-workers';
import type { Renewal } from '../../rpc/standalone-protocol';
import { requireIssuer } from './issuer';
import { firstIssueOf, renewalDelayMs, renewedSeconds, retryDelayMs } from './token-lifetime';

interface RenewalOptions {
  readonly db: Database;
  readonly tokenSecret: string;
  /** The process that requests it. */
  readonly session: string;
}

/** Why a token is not renewed. */
class RenewalRefused extends Error {
  override readonly name = 'RenewalRefused';
}

/** The reply to a worker, and the claims of its new token; null: none was issued. */
export interface RenewedToken {
  readonly reply: Renewal;
  readonly claims: TokenClaims | null;
}

/**
 * Issues a token with the worker, the issuer and the lifetime of this one, as long as the issuer
 * could issue it now, and the token is not revoked.
 */
export async function renewWorkerToken(options: RenewalOptions, claims: TokenClaims): Promise<RenewedToken> {
  try {
    const now = livenessNow();
    const { token, renewed } = await issueAgain(options, claims, now);
    return { reply: { token, renewInMs: renewalDelayMs(renewed, now) }, claims: renewed };
  } catch (error) {
    const isRefused = [RenewalRefused, AuthenticationError, DomainError].some((kind) => error instanceof kind);
    if (!isRefused) throw error;
    const refused = (error as Error).message;
    return { reply: { refused, renewInMs: retryDelayMs(claims, livenessNow()) }, claims: null };
  }
}

/** Throws RenewalRefused, and what `requireIssuer` throws. */
async function issueAgain({ db, tokenSecret, session }: RenewalOptions, claims: TokenClaims, now: number) {
  const { worker: named } = claims;
  const seconds = renewedSeconds(claims, now);
  const firstIssuedAt = firstIssueOf(claims);
  if (named === null || seconds === null || firstIssuedAt === null)
    throw new RenewalRefused('a token is renewed for a year after its first issue, and no longer');
  const { identity, tenant } = await requireIssuer(db, claims);
  const worker = await findStandaloneWorker(db, named.name);
  if (worker?.tokenEpoch !== named.epoch || worker.session !== session)
    throw new RenewalRefused('the token was revoked, or another process is this worker');
  const renewed = { ...named, firstIssuedAt };
  const token = await signWorkerToken(tokenSecret, { identity, tenant, seconds, worker: renewed });
  const issuedAt = Math.floor(now / 1_000) * 1_000;
  return { token, renewed: { ...claims, issuedAt, expiresAt: issuedAt + seconds * 1_000, worker: renewed } };
}
