import { sql } from 'kysely';
import type { Json } from '../../contract/json';
import type { PermissionAssignment, PermissionSet, PermissionSetRole } from '../../contract/permissions';
import { Refusal } from '../refusal';
import { now, type Transaction } from './database';
import { ownFirst, seen } from './walls';

const COLUMNS = ['id', 'ref', 'pack_ref', 'label', 'description', 'grants'] as const;

/** Those of the tenant and the shipped ones, by ref, with the roles that the tenant gives them to. */
export async function listPermissionSets(transaction: Transaction, packRef?: string): Promise<PermissionSet[]> {
  const sets = await transaction
    .selectFrom('permission_set')
    .select(COLUMNS)
    .where(seen)
    .$if(packRef !== undefined, (query) => query.where('pack_ref', '=', packRef!))
    .orderBy('ref')
    .execute();
  const roles = await rolesOf(transaction);
  return sets.map((set) => ({ ...set, roles: roles.filter((role) => role.permission_set_id === set.id) }));
}

const rolesOf = (transaction: Transaction): Promise<PermissionSetRole[]> =>
  transaction
    .selectFrom('permission_set_role as r')
    .innerJoin('permission_set as s', 's.id', 'r.permset')
    .select(['r.id', 'r.permset as permission_set_id', 's.ref as permission_set_ref', 'r.role', 'r.created'])
    .orderBy('r.role')
    .execute();

export interface KnownSet {
  readonly id: number;
  readonly tenant: number;
  readonly ref: string;
}

/** By id or by ref, the tenant's own first. Null where there is none. */
export async function findPermissionSet(
  transaction: Transaction,
  by: { readonly id: number } | { readonly ref: string },
): Promise<KnownSet | null> {
  const query = transaction.selectFrom('permission_set').select(['id', 'tenant', 'ref']).where(seen).orderBy(ownFirst);
  const found = 'id' in by ? query.where('id', '=', by.id) : query.where('ref', '=', by.ref);
  return (await found.executeTakeFirst()) ?? null;
}

export interface SetChange {
  readonly label?: string | null;
  readonly description?: string | null;
  readonly grants: Json;
}

export async function changePermissionSet(transaction: Transaction, id: number, change: SetChange): Promise<void> {
  await transaction
    .updateTable('permission_set')
    .set({
      ...(change.label !== undefined && { label: change.label ?? '' }),
      ...(change.description !== undefined && { description: change.description }),
      grants: JSON.stringify(change.grants),
      updated: now,
    })
    .where('id', '=', id)
    .execute();
}

/** CONFLICT, by the database, where the role has it. */
export async function giveSetToRole(transaction: Transaction, set: KnownSet, role: string): Promise<PermissionSetRole> {
  const { id, created } = await transaction
    .insertInto('permission_set_role')
    .values({ permset: set.id, role })
    .returning(['id', 'created'])
    .executeTakeFirstOrThrow();
  return { id, permission_set_id: set.id, permission_set_ref: set.ref, role, created };
}

/** CONFLICT, by the database, where the identity has it. */
export async function assign(transaction: Transaction, identity: number, set: KnownSet): Promise<PermissionAssignment> {
  const { id, created } = await transaction
    .insertInto('permission_assignment')
    .values({ identity, permset: set.id })
    .returning(['id', 'created'])
    .executeTakeFirstOrThrow();
  return { id, identity_id: identity, permission_set_id: set.id, permission_set_ref: set.ref, created };
}

/** False: there is none. */
export async function takeBack(
  transaction: Transaction,
  table: 'permission_assignment' | 'permission_set_role',
  id: number,
): Promise<boolean> {
  const { numDeletedRows } = await transaction.deleteFrom(table).where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0;
}

const ADMINS_LOCK = 7_041_986;

/** Throws CONFLICT, so that what was done is undone, when nobody who can log in is left to manage permissions. */
export async function requireAnAdmin(transaction: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADMINS_LOCK}, app_tenant())`.execute(transaction);
  const { rows } = await sql`
    select from identity i, permission_set s
    where not i.frozen and s.grants @> '[{"resource": "permissions", "actions": ["manage"]}]'
      and (exists (select from permission_assignment a where a.identity = i.id and a.permset = s.id)
        or exists (select from identity_role r join permission_set_role g on g.role = r.role
          where r.identity = i.id and g.permset = s.id))
    limit 1`.execute(transaction);
  if (rows.length > 0) return;
  throw new Refusal('CONFLICT', 'Nobody would be left to manage permissions', { reason: 'LAST_ADMIN' });
}
