import { sql } from 'kysely';
import type { Rights } from '../access/rights';
import type { Caller } from '../api/context';
import { TokenRefusal } from '../api/errors';
import { rightsOf } from '../api/grants';
import { executionTarget } from '../api/targets';
import { identify } from '../api/token-check';
import { Refusal } from '../refusal';
import type { Database } from '../store/database';
import type { Announcement } from './announcement';

/** What a subscriber is, and may read, at one moment. */
export interface Standing {
  readonly rights: Rights;
  /** Holds the role `admin`: may watch other identities. */
  readonly isAdmin: boolean;
}

/** Asks anew. Null: the identity is gone or frozen. */
export async function standingOf(db: Database, caller: Caller): Promise<Standing | null> {
  if (!(await isThere(db, caller))) return null;
  return db.inTenant(caller.tenant, async (transaction) => {
    const rights = await rightsOf(transaction, caller);
    const { rows } = await sql<{ held: boolean }>`
      select exists (select from identity_role where identity = ${caller.identity} and role = 'admin') as held`.execute(
      transaction,
    );
    return { rights, isAdmin: rows[0]!.held };
  });
}

async function isThere(db: Database, { claims }: Caller): Promise<boolean> {
  try {
    await identify(db, claims);
    return true;
  } catch (error) {
    if (error instanceof TokenRefusal || error instanceof Refusal) return false;
    throw error;
  }
}

/**
 * What the API would let the caller read; of questions, only those that the caller may answer or has the right to see.
 * Tenants are kept apart before this is asked. A promise only where a constraint asks about ancestors.
 */
export function mayRead(
  db: Database,
  caller: Caller,
  { rights }: Standing,
  announcement: Announcement,
): boolean | Promise<boolean> {
  const { entityType, entity, owner } = announcement.told;
  switch (entityType) {
    case 'execution':
      return caller.execution === entity || mayReadExecution(db, caller, rights, announcement);
    case 'enforcement':
      return rights.allows('enforcements', 'read');
    case 'inquiry':
      return owner === null || owner === caller.identity || rights.allows('inquiries', 'read');
    case 'event':
    case 'rule':
      return true;
    default:
      return false;
  }
}

function mayReadExecution(
  db: Database,
  caller: Caller,
  rights: Rights,
  { told: { entity: id, owner: executor }, payload }: Announcement,
): boolean | Promise<boolean> {
  const action_ref = typeof payload.action_ref === 'string' ? payload.action_ref : '';
  const parent = typeof payload.parent === 'number' ? payload.parent : null;
  const near = { id, ref: action_ref, packRef: action_ref.split('.')[0]!, owner: executor };
  const isOwn = caller.execution === null && executor === caller.identity;
  if (rights.allows('executions', 'read', { ...near, scope: isOwn ? 'self' : 'any' })) return true;
  if (parent === null || !rights.allows('executions', 'read', { ...near, scope: 'descendants' })) return false;
  return db.inTenant(caller.tenant, async (transaction) => {
    const target = await executionTarget(transaction, caller, { id, action_ref, parent, executor });
    return rights.allows('executions', 'read', target);
  });
}
