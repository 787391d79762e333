import { isObject, type Json } from '../../contract/json';
import type { Transaction } from './database';

/** A right to do `actions` to `resource`, held where every constraint does. */
export interface Grant {
  readonly resource: string;
  readonly actions: readonly string[];
  readonly constraints: Readonly<Record<string, Json>>;
}

export interface PermissionSet {
  readonly ref: string;
  readonly grants: readonly Grant[];
}

/** Of an execution token: what a running action may do with keys and artifacts of its own. No set of that name exists. */
export const STANDARD = 'standard';

/** The sets of an identity, assigned to it or to a role of it, by ref. */
export async function assignedSets(transaction: Transaction, identity: number): Promise<PermissionSet[]> {
  const rows = await transaction
    .selectFrom('permission_set')
    .select(['permission_set.ref', 'permission_set.grants'])
    .where((where) =>
      where.or([
        where('id', 'in', where.selectFrom('permission_assignment').select('permset').where('identity', '=', identity)),
        where(
          'id',
          'in',
          where
            .selectFrom('permission_set_role as s')
            .innerJoin('identity_role as i', 'i.role', 's.role')
            .select('s.permset')
            .where('i.identity', '=', identity),
        ),
      ]),
    )
    .orderBy('permission_set.ref')
    .execute();
  return rows.map(({ ref, grants }) => ({ ref, grants: grantsIn(grants) }));
}

/** The sets of these refs that the tenant has; fewer than asked for where one does not exist. */
export async function namedSets(transaction: Transaction, refs: readonly string[]): Promise<PermissionSet[]> {
  if (refs.length === 0) return [];
  const rows = await transaction
    .selectFrom('permission_set')
    .select(['ref', 'grants'])
    .where('ref', 'in', refs)
    .orderBy('ref')
    .execute();
  return rows.map(({ ref, grants }) => ({ ref, grants: grantsIn(grants) }));
}

/** The sets that come with a role, by ref. */
export async function setsOfRole(transaction: Transaction, role: string): Promise<PermissionSet[]> {
  const rows = await transaction
    .selectFrom('permission_set_role as r')
    .innerJoin('permission_set as s', 's.id', 'r.permset')
    .select(['s.ref', 's.grants'])
    .where('r.role', '=', role)
    .orderBy('s.ref')
    .execute();
  return rows.map(({ ref, grants }) => ({ ref, grants: grantsIn(grants) }));
}

/** Gives an identity a set, its tenant's or a shipped one. Throws where there is none of that ref. */
export async function assignSet(transaction: Transaction, identity: number, ref: string): Promise<void> {
  const permset = await transaction
    .selectFrom('permission_set')
    .select('id')
    .where('ref', '=', ref)
    .orderBy('tenant', 'desc')
    .executeTakeFirst();
  if (!permset) throw new Error(`permission set ${ref} does not exist: make the shipped sets first`);
  await transaction
    .insertInto('permission_assignment')
    .values({ identity, permset: permset.id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Sets come from pack files unchecked: an entry that is no grant grants nothing. */
function grantsIn(stored: Json): Grant[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry) => {
    if (!isObject(entry) || typeof entry.resource !== 'string' || !Array.isArray(entry.actions)) return [];
    const actions = entry.actions.filter((action) => typeof action === 'string');
    return [{ resource: entry.resource, actions, constraints: isObject(entry.constraints) ? entry.constraints : {} }];
  });
}
