import { sql, type RawBuilder } from 'kysely';
import { isObject, type Json } from '../../../contract/json';
import type { Transaction } from '../database/connection';

/** Permission to do `actions` on `resource` where every constraint holds. */
export interface EffectiveGrant {
  readonly resource: string;
  readonly actions: readonly string[];
  readonly constraints: Readonly<Record<string, Json>>;
}

export interface EffectivePermissionSet {
  readonly ref: string;
  readonly grants: readonly EffectiveGrant[];
}

/**
 * Permissions of an execution token for the keys and artifacts of its own action. No stored set
 * has this name.
 */
export const STANDARD_PERMISSION_SET_REF = 'standard';

/** A permission set as it is stored. */
export interface StoredPermissionSet {
  readonly ref: string;
  readonly grants: Json;
}

/** The sets of an identity, assigned to it or to one of its roles, by ref. */
export async function listAssignedPermissionSets(
  transaction: Transaction,
  identity: number,
): Promise<EffectivePermissionSet[]> {
  const { rows } = await sql<StoredPermissionSet>`${assignedSets(identity)}`.execute(transaction);
  return rows.map(parsePermissionSet);
}

/** Rows `ref, grants` of the sets of an identity, by ref: of the tenant of the transaction. */
export const assignedSets = (identity: number): RawBuilder<StoredPermissionSet> => sql`
  select ref, grants from permission_set
  where id in (select permset from permission_assignment where identity = ${identity})
    or id in (select s.permset from permission_set_role s join identity_role i on i.role = s.role where i.identity = ${identity})
  order by ref`;

export const parsePermissionSet = ({ ref, grants }: StoredPermissionSet): EffectivePermissionSet => ({
  ref,
  grants: parseGrants(grants),
});

/** The tenant's sets with these refs; unknown refs are left out. */
export async function findPermissionSetsByRef(
  transaction: Transaction,
  refs: readonly string[],
): Promise<EffectivePermissionSet[]> {
  if (refs.length === 0) return [];
  const rows = await transaction
    .selectFrom('permission_set')
    .select(['ref', 'grants'])
    .where('ref', 'in', refs)
    .orderBy('ref')
    .execute();
  return rows.map(parsePermissionSet);
}

/** Every set that the tenant can see, by ref. */
export async function listPermissionSetGrants(transaction: Transaction): Promise<EffectivePermissionSet[]> {
  const rows = await transaction.selectFrom('permission_set').select(['ref', 'grants']).orderBy('ref').execute();
  return rows.map(parsePermissionSet);
}

/** The sets assigned to a role, by ref. */
export async function listPermissionSetsOfRole(
  transaction: Transaction,
  role: string,
): Promise<EffectivePermissionSet[]> {
  const rows = await transaction
    .selectFrom('permission_set_role as r')
    .innerJoin('permission_set as s', 's.id', 'r.permset')
    .select(['s.ref', 's.grants'])
    .where('r.role', '=', role)
    .orderBy('s.ref')
    .execute();
  return rows.map(parsePermissionSet);
}

/** Assigns a set of the tenant, or a built-in one. Throws when there is none of that ref. */
export async function assignPermissionSetByRef(transaction: Transaction, identity: number, ref: string): Promise<void> {
  const permset = await transaction
    .selectFrom('permission_set')
    .select('id')
    .where('ref', '=', ref)
    .orderBy('tenant', 'desc')
    .executeTakeFirst();
  if (!permset) throw new Error(`permission set ${ref} does not exist: seed the built-in permission sets first`);
  await transaction
    .insertInto('permission_assignment')
    .values({ identity, permset: permset.id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Sets from pack files are not validated: a malformed entry grants nothing. */
export function parseGrants(stored: Json): EffectiveGrant[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry) => {
    if (!isObject(entry) || typeof entry.resource !== 'string' || !Array.isArray(entry.actions)) return [];
    const actions = entry.actions.filter((action) => typeof action === 'string');
    return [{ resource: entry.resource, actions, constraints: isObject(entry.constraints) ? entry.constraints : {} }];
  });
}
