import { resolveIdentity } from '../../../auth/authenticate';
import { AuthenticationError } from '../../../auth/auth-errors';
import { rightsOfIdentity } from '../../../auth/rights';
import type { TokenClaims } from '../../../auth/tokens';
import { DomainError } from '../../../base/domain-error';
import { DEFAULT_TENANT, type Database, type Transaction } from '../../../store/database/connection';

export const NOT_ENTITLED = 'the identity that issued the token may no longer issue it';

/** The identity that issued the token of a worker, as long as it could issue it now. */
interface Issuer {
  readonly identity: number;
  readonly tenant: number;
}

/** Throws AuthenticationError, and FORBIDDEN where it is frozen or has lost a right. */
export async function requireIssuer(db: Database, claims: TokenClaims): Promise<Issuer> {
  const { id: identity, tenant } = await resolveIdentity(db, claims);
  const isEntitled = tenant === DEFAULT_TENANT && (await db.readingInTenant(tenant, mayIssue(identity)));
  if (!isEntitled) throw new DomainError('FORBIDDEN', NOT_ENTITLED);
  return { identity, tenant };
}

/** Other errors than those of `requireIssuer` are thrown. */
export async function isIssuerEntitled(db: Database, claims: TokenClaims): Promise<boolean> {
  try {
    await requireIssuer(db, claims);
    return true;
  } catch (error) {
    if (error instanceof AuthenticationError || error instanceof DomainError) return false;
    throw error;
  }
}

/** Whether the identity has what the route that issues such tokens requires. */
const mayIssue =
  (identity: number) =>
  async (transaction: Transaction): Promise<boolean> => {
    const rights = await rightsOfIdentity(transaction, identity);
    return rights.allows('workers', 'manage') && rights.allows('tenants', 'manage');
  };
