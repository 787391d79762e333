import { sql } from 'kysely';
import type { Json } from '../../../contract/json';
import type { PermissionAssignment, PermissionSet, PermissionSetRole } from '../../../contract/permissions';
import { writeJson } from '../../../contract/json-text/write-json';
import { DomainError } from '../../base/domain-error';
import { ADVISORY_LOCKS } from '../database/advisory-locks';
import { now, type Transaction } from '../database/connection';
import { equalColumns } from '../database/list-rows';
import { ownedByTenant, sharedRowsFirst, visibleToTenant } from '../database/tenant-filter';
import { missingRight } from './delegation';
import { parsePermissionSet, type EffectiveGrant, type StoredPermissionSet } from './grants';

const COLUMNS = ['id', 'ref', 'pack_ref', 'label', 'description', 'grants'] as const;

/**
 * The sets of the tenant and the built-in ones, by ref, with the roles that the tenant assigned
 * them to.
 */
export async function listPermissionSets(transaction: Transaction, packRef?: string): Promise<PermissionSet[]> {
  const sets = await transaction
    .selectFrom('permission_set')
    .select(COLUMNS)
    .where(visibleToTenant)
    .where(equalColumns<'permission_set'>({ pack_ref: packRef }))
    .orderBy('ref')
    .execute();
  const roles = await listPermissionSetRoles(transaction);
  return sets.map((set) => ({ ...set, roles: roles.filter((role) => role.permission_set_id === set.id) }));
}

const listPermissionSetRoles = (transaction: Transaction): Promise<PermissionSetRole[]> =>
  transaction
    .selectFrom('permission_set_role as r')
    .innerJoin('permission_set as s', 's.id', 'r.permset')
    .select(['r.id', 'r.permset as permission_set_id', 's.ref as permission_set_ref', 'r.role', 'r.created'])
    .orderBy('r.role')
    .execute();

export interface PermissionSetKey {
  readonly id: number;
  readonly tenant: number;
  readonly ref: string;
  readonly pack_ref: string | null;
}

/** By id or by ref, the shared one first. Null when there is none. */
export async function findPermissionSet(
  transaction: Transaction,
  key: { readonly id: number } | { readonly ref: string },
): Promise<PermissionSetKey | null> {
  const query = transaction
    .selectFrom('permission_set')
    .select(['id', 'tenant', 'ref', 'pack_ref'])
    .where(visibleToTenant)
    .orderBy(sharedRowsFirst);
  const matching = 'id' in key ? query.where('id', '=', key.id) : query.where('ref', '=', key.ref);
  return (await matching.executeTakeFirst()) ?? null;
}

interface PermissionSetChange {
  readonly label?: string | null;
  readonly description?: string | null;
  readonly grants: Json;
}

export async function updatePermissionSet(
  transaction: Transaction,
  id: number,
  change: PermissionSetChange,
): Promise<void> {
  await transaction
    .updateTable('permission_set')
    .set({
      ...(change.label !== undefined && { label: change.label ?? '' }),
      ...(change.description !== undefined && { description: change.description }),
      grants: writeJson(change.grants),
      updated: now,
    })
    .where('id', '=', id)
    .execute();
}

/** CONFLICT, from the database, when the role has it already. */
export async function addPermissionSetToRole(
  transaction: Transaction,
  set: PermissionSetKey,
  role: string,
): Promise<PermissionSetRole> {
  const { id, created } = await transaction
    .insertInto('permission_set_role')
    .values({ permset: set.id, role })
    .returning(['id', 'created'])
    .executeTakeFirstOrThrow();
  return { id, permission_set_id: set.id, permission_set_ref: set.ref, role, created };
}

/** CONFLICT, from the database, when the identity has it already. */
export async function assignPermissionSet(
  transaction: Transaction,
  identity: number,
  set: PermissionSetKey,
): Promise<PermissionAssignment> {
  const { id, created } = await transaction
    .insertInto('permission_assignment')
    .values({ identity, permset: set.id })
    .returning(['id', 'created'])
    .executeTakeFirstOrThrow();
  return { id, identity_id: identity, permission_set_id: set.id, permission_set_ref: set.ref, created };
}

/** False when there is none. */
export async function removeAssignment(
  transaction: Transaction,
  table: 'permission_assignment' | 'permission_set_role',
  id: number,
): Promise<boolean> {
  const { numDeletedRows } = await transaction.deleteFrom(table).where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0;
}

const MANAGE_PERMISSIONS: EffectiveGrant = { resource: 'permissions', actions: ['manage'], constraints: {} };

/**
 * Throws CONFLICT, which rolls the change back, when no active identity with a password is left
 * that may manage all permissions. A grant with constraints is not enough, nor are tokens: they
 * expire.
 */
export async function requireRemainingAdmin(transaction: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.administratorCheck}, app_tenant())`.execute(transaction);
  const { rows } = await sql<StoredPermissionSet>`
    select s.ref, s.grants from permission_set s
    where s.grants @> '[{"resource": "permissions", "actions": ["manage"]}]'
      and exists (select from identity i where not i.frozen and i.password_hash is not null
        and (exists (select from permission_assignment a where a.identity = i.id and a.permset = s.id)
          or exists (select from identity_role r join permission_set_role g on g.role = r.role
            where r.identity = i.id and g.permset = s.id)))`.execute(transaction);
  if (missingRight(rows.map(parsePermissionSet), [MANAGE_PERMISSIONS]) === null) return;
  throw new DomainError('CONFLICT', 'No identity with a password would be left to manage permissions', {
    reason: 'LAST_ADMIN',
  });
}

/**
 * Does work that may change or remove the permission sets of a pack. Throws what
 * `requireRemainingAdmin` throws where one of them has the right to manage permissions.
 */
export async function keepingAdmin<T>(transaction: Transaction, packRef: string, work: () => Promise<T>): Promise<T> {
  const mayEndAdmin = await grantsManagement(transaction, packRef);
  const result = await work();
  if (mayEndAdmin) await requireRemainingAdmin(transaction);
  return result;
}

async function grantsManagement(transaction: Transaction, packRef: string): Promise<boolean> {
  const sets = await transaction
    .selectFrom('permission_set')
    .select('id')
    .where('pack_ref', '=', packRef)
    .where(ownedByTenant)
    .where(sql<boolean>`grants @> ${writeJson([{ resource: 'permissions', actions: ['manage'] }])}::jsonb`)
    .limit(1)
    .execute();
  return sets.length > 0;
}
