import { WORKER_TOKEN_SECONDS } from '../../../../contract/standalone-workers';
import type { TokenClaims } from '../../../auth/tokens';

/** As long as that of a token that an administrator issues may be: renewals do not last longer. */
const MAX_SECONDS = WORKER_TOKEN_SECONDS.most;
/** How much of its lifetime has passed when a token is renewed. */
const RENEWAL_SHARE = 2 / 3;
/** A refusal less than this before the expiry is the last one, ms. */
const LAST_RETRY_MS = 10_000;

/** Instants, epoch ms. */
type TokenTimes = Pick<TokenClaims, 'issuedAt' | 'expiresAt' | 'worker'>;

/** Of the first token in a chain of renewals. Null: it is not known, and nothing is renewed. */
export const firstIssueOf = ({ issuedAt, worker }: TokenTimes): number | null => worker?.firstIssuedAt ?? issuedAt;

/**
 * Lifetime of the token that replaces this one, s: the same, within a year of the first issue.
 * Null: it would not expire later.
 */
export function renewedSeconds(token: TokenTimes, now: number): number | null {
  const { issuedAt, expiresAt } = token;
  const firstIssuedAt = firstIssueOf(token);
  if (issuedAt === null || firstIssuedAt === null) return null;
  const bound = firstIssuedAt + MAX_SECONDS * 1_000;
  const seconds = Math.floor(Math.min(expiresAt - issuedAt, bound - now) / 1_000);
  return now + seconds * 1_000 > expiresAt ? seconds : null;
}

/** When the token is to be renewed, ms from now. */
export function renewalDelayMs({ issuedAt, expiresAt }: TokenTimes, now: number): number | null {
  if (issuedAt === null) return null;
  return Math.max(0, issuedAt + (expiresAt - issuedAt) * RENEWAL_SHARE - now);
}

/** The same after a refusal: what refused it may change before the expiry. */
export function retryDelayMs({ expiresAt }: TokenTimes, now: number): number | null {
  const remainingMs = expiresAt - now;
  return remainingMs > LAST_RETRY_MS ? remainingMs / 2 : null;
}
