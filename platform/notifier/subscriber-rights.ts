import { sql } from 'kysely';
import type { Rights } from '../auth/rights';
import type { Caller } from '../auth/caller';
import { AuthenticationError } from '../auth/auth-errors';
import { isReadableArtifact } from '../auth/artifact-access';
import { callerRights } from '../auth/grants';
import { componentTarget, enforcementTarget, executionTarget } from '../auth/authorization-targets';
import { resolveCaller } from '../auth/authenticate';
import { DomainError } from '../base/domain-error';
import { findArtifact } from '../store/artifacts/artifacts';
import { findActionOfExecution } from '../store/executions/executions';
import { findQueueById } from '../store/queues/queues';
import type { Database } from '../store/database/connection';
import type { OutgoingNotification } from './outgoing-notification';

/** What a subscriber may read, as of one moment. */
export interface SubscriberRights {
  readonly rights: Rights;
  /** Holds the role `admin`: may watch other identities. */
  readonly isAdmin: boolean;
}

/** Null: the identity is gone or frozen. */
export async function loadRights(db: Database, caller: Caller): Promise<SubscriberRights | null> {
  if (!(await isActive(db, caller))) return null;
  return db.inTenant(caller.tenant, async (transaction) => {
    const rights = await callerRights(transaction, caller);
    const { rows } = await sql<{ is_admin: boolean }>`
      select exists (select from identity_role where identity = ${caller.identity} and role = 'admin') as is_admin`.execute(
      transaction,
    );
    return { rights, isAdmin: rows[0]!.is_admin };
  });
}

async function isActive(db: Database, { claims }: Caller): Promise<boolean> {
  try {
    await resolveCaller(db, claims);
    return true;
  } catch (error) {
    if (error instanceof AuthenticationError || error instanceof DomainError) return false;
    throw error;
  }
}

/**
 * Whether the API would let the caller read the row; an inquiry also where the caller may respond
 * to it. The tenant is not checked here. Returns a promise only where a constraint may
 * depend on ancestors or on the action's pack.
 */
export function canRead(
  db: Database,
  caller: Caller,
  { rights }: SubscriberRights,
  outgoing: OutgoingNotification,
): boolean | Promise<boolean> {
  const { entityType, entity, owner } = outgoing.notification;
  switch (entityType) {
    case 'execution':
      return caller.execution === entity || canReadExecution(db, caller, rights, outgoing);
    case 'enforcement':
      return canReadEnforcement(db, caller, rights, outgoing);
    case 'inquiry':
      return owner === null || owner === caller.owner || rights.allows('inquiries', 'read');
    case 'work_queue':
    case 'work_queue_item':
      return canReadQueue(db, caller, rights, outgoing);
    case 'artifact':
      return canReadNotifiedArtifact(db, caller, rights, outgoing);
    case 'event':
    case 'rule':
      return true;
    default:
      return false;
  }
}

/** A grant may name the rule, or the rule's pack. */
function canReadEnforcement(
  db: Database,
  caller: Caller,
  rights: Rights,
  { notification: { entity: id }, payload }: OutgoingNotification,
): boolean | Promise<boolean> {
  if (rights.allows('enforcements', 'read')) return true;
  if (!rights.hasAny('enforcements', 'read')) return false;
  const rule = typeof payload.rule === 'number' ? payload.rule : null;
  const rule_ref = typeof payload.rule_ref === 'string' ? payload.rule_ref : '';
  return db.inTenant(caller.tenant, async (transaction) =>
    rights.allows('enforcements', 'read', await enforcementTarget(transaction, { id, rule, rule_ref })),
  );
}

/** A public artifact needs no look-up. */
function canReadNotifiedArtifact(
  db: Database,
  caller: Caller,
  rights: Rights,
  { notification: { entity }, payload }: OutgoingNotification,
): boolean | Promise<boolean> {
  if (payload.visibility === 'public' && rights.hasAny('artifacts', 'read')) return true;
  return db.inTenant(caller.tenant, async (transaction) => {
    const row = await findArtifact(transaction, entity);
    return row !== null && isReadableArtifact(transaction, caller, rights, row);
  });
}

/** A notification of an item names its queue, and not the queue's pack. */
function canReadQueue(
  db: Database,
  caller: Caller,
  rights: Rights,
  { notification: { entityType, entity }, payload }: OutgoingNotification,
): boolean | Promise<boolean> {
  if (!rights.hasAny('queues', 'read')) return false;
  if (rights.allows('queues', 'read')) return true;
  const id = entityType === 'work_queue' ? entity : Number(payload.queue);
  return db.inTenant(caller.tenant, async (transaction) => {
    const queue = await findQueueById(transaction, id);
    return queue !== null && rights.allows('queues', 'read', componentTarget(queue));
  });
}

function canReadExecution(
  db: Database,
  caller: Caller,
  rights: Rights,
  { notification: { entity: id, owner: executor }, payload }: OutgoingNotification,
): boolean | Promise<boolean> {
  const action_ref = typeof payload.action_ref === 'string' ? payload.action_ref : '';
  const parent = typeof payload.parent === 'number' ? payload.parent : null;
  const isExecutor = caller.execution === null && executor === caller.identity;
  const knownTarget = { id, ref: action_ref, owner: executor, scope: isExecutor ? 'self' : 'any' } as const;
  if (rights.allows('executions', 'read', knownTarget)) return true;
  if (!rights.hasAny('executions', 'read')) return false;
  return db.inTenant(caller.tenant, async (transaction) => {
    const action = await findActionOfExecution(transaction, id);
    const target = await executionTarget(transaction, caller, { id, action, action_ref, parent, executor });
    return rights.allows('executions', 'read', target);
  });
}
