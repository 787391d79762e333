import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type {
  CreateIdentity,
  IdentityDetail,
  IdentityRole,
  IdentitySummary,
  PermissionAssignment,
  UpdateIdentity,
} from '../../contract/permissions';
import { Refusal } from '../refusal';
import { instant, now, type Transaction } from './database';
import { hashPassword } from './passwords';
import type { Counted, Slice } from './walls';

const COLUMNS = ['id', 'login', 'display_name', 'frozen', 'attributes'] as const;

/** In order of login. */
export async function listIdentities(
  transaction: Transaction,
  { limit, offset }: Slice,
): Promise<Counted<IdentitySummary>> {
  const rows = await transaction
    .selectFrom('identity')
    .select(COLUMNS)
    .select(
      sql<string[]>`array(select role from identity_role r where r.identity = identity.id order by role)`.as('roles'),
    )
    .orderBy('login')
    .limit(limit)
    .offset(offset)
    .execute();
  const { total } = await transaction
    .selectFrom('identity')
    .select((build) => build.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}

/** Null where this tenant has none of that id. */
export async function identityDetail(transaction: Transaction, id: number): Promise<IdentityDetail | null> {
  const row = await transaction
    .selectFrom('identity')
    .select(COLUMNS)
    .select((build) =>
      jsonArrayFrom(
        build
          .selectFrom('identity_role')
          .select(['id', 'identity as identity_id', 'role', 'source', 'managed', 'created', 'updated'])
          .whereRef('identity', '=', 'identity.id')
          .orderBy('role'),
      ).as('roles'),
    )
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return null;
  const roles = row.roles.map((role) => ({ ...role, created: isoOf(role.created), updated: isoOf(role.updated) }));
  return { ...row, roles, direct_permissions: await assignmentsOf(transaction, id) };
}

/** Null where this tenant has none of that id. */
export const knownIdentity = async (
  transaction: Transaction,
  id: number,
): Promise<{ readonly id: number; readonly login: string } | null> =>
  (await transaction.selectFrom('identity').select(['id', 'login']).where('id', '=', id).executeTakeFirst()) ?? null;

/** Whoever is not there is not frozen. */
export async function isFrozen(transaction: Transaction, id: number): Promise<boolean> {
  const row = await transaction.selectFrom('identity').select('frozen').where('id', '=', id).executeTakeFirst();
  return row?.frozen ?? false;
}

/** JSON inside SQL spells an instant its own way: `2026-01-27T10:00:00.1+00:00`. */
const isoOf = (text: string): string => instant(text);

/** CONFLICT, by the database, for a log-in that is taken in whichever tenant. */
export async function addIdentity(transaction: Transaction, wanted: CreateIdentity): Promise<IdentityDetail> {
  const row = await transaction
    .insertInto('identity')
    .values({
      login: wanted.login,
      display_name: wanted.display_name ?? null,
      password_hash: wanted.password === undefined ? null : await hashPassword(wanted.password),
      ...(wanted.attributes && { attributes: JSON.stringify(wanted.attributes) }),
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return { ...row, attributes: wanted.attributes ?? null, roles: [], direct_permissions: [] };
}

/** What is left out stays. Null where there is none. */
export async function changeIdentity(
  transaction: Transaction,
  id: number,
  change: UpdateIdentity,
): Promise<IdentityDetail | null> {
  const row = await transaction
    .updateTable('identity')
    .set({
      ...(change.display_name !== undefined && { display_name: change.display_name }),
      ...(change.password !== undefined && { password_hash: await hashPassword(change.password) }),
      ...(change.attributes !== undefined && { attributes: JSON.stringify(change.attributes ?? {}) }),
      ...(change.frozen !== undefined && { frozen: change.frozen }),
      updated: now,
    })
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row ? { ...row, roles: [], direct_permissions: [] } : null;
}

/** Takes its roles and assignments along. UNPROCESSABLE_ENTITY, by the database, while it owns keys. False: there is none. */
export async function removeIdentity(transaction: Transaction, id: number): Promise<boolean> {
  const { numDeletedRows } = await transaction.deleteFrom('identity').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0;
}

export const assignmentsOf = (transaction: Transaction, identity: number): Promise<PermissionAssignment[]> =>
  transaction
    .selectFrom('permission_assignment as a')
    .innerJoin('permission_set as s', 's.id', 'a.permset')
    .select(['a.id', 'a.identity as identity_id', 'a.permset as permission_set_id', 's.ref as permission_set_ref'])
    .select('a.created')
    .where('a.identity', '=', identity)
    .orderBy('s.ref')
    .execute();

/** CONFLICT, by the database, where it has the role. */
export const addRole = (transaction: Transaction, identity: number, role: string): Promise<IdentityRole> =>
  transaction
    .insertInto('identity_role')
    .values({ identity, role })
    .returning(['id', 'identity as identity_id', 'role', 'source', 'managed', 'created', 'updated'])
    .executeTakeFirstOrThrow();

/** False: there is none. BAD_REQUEST for one that an external provider manages. */
export async function removeRole(transaction: Transaction, id: number): Promise<boolean> {
  const row = await transaction.selectFrom('identity_role').select('managed').where('id', '=', id).executeTakeFirst();
  if (row?.managed) throw new Refusal('BAD_REQUEST', `Role assignment ${id} is managed by an external provider`);
  await transaction.deleteFrom('identity_role').where('id', '=', id).execute();
  return row !== undefined;
}
