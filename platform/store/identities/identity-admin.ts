import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type {
  CreateIdentity,
  IdentityDetail,
  IdentityRole,
  IdentitySummary,
  PermissionAssignment,
  UpdateIdentity,
} from '../../../contract/permissions';
import { writeJson } from '../../../contract/json-text/write-json';
import { DomainError } from '../../base/domain-error';
import { toRfc3339, now, type Transaction } from '../database/connection';
import { nextSessionEpoch } from './identities';
import { hashPassword } from './passwords';
import { countRows, type CountedRows, type RowRange } from '../database/list-rows';

const COLUMNS = ['id', 'login', 'display_name', 'frozen', 'attributes'] as const;

/** Sorted by login. */
export async function listIdentities(
  transaction: Transaction,
  { limit, offset }: RowRange,
): Promise<CountedRows<IdentitySummary>> {
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
  return { rows, total: await countRows(transaction.selectFrom('identity')) };
}

/** Null when this tenant has none of that id. */
export async function getIdentityDetail(transaction: Transaction, id: number): Promise<IdentityDetail | null> {
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
  const roles = row.roles.map((role) => ({
    ...role,
    created: normalizeTimestamp(role.created),
    updated: normalizeTimestamp(role.updated),
  }));
  return { ...row, roles, direct_permissions: await listPermissionAssignments(transaction, id) };
}

/** Null when this tenant has none of that id. */
export const findIdentitySummary = async (
  transaction: Transaction,
  id: number,
): Promise<{ readonly id: number; readonly login: string } | null> =>
  (await transaction.selectFrom('identity').select(['id', 'login']).where('id', '=', id).executeTakeFirst()) ?? null;

/** False for an unknown identity. */
export async function isIdentityFrozen(transaction: Transaction, id: number): Promise<boolean> {
  const row = await transaction.selectFrom('identity').select('frozen').where('id', '=', id).executeTakeFirst();
  return row?.frozen ?? false;
}

/** JSON functions of PostgreSQL format a timestamp as `2026-01-27T10:00:00.1+00:00`. */
const normalizeTimestamp = (text: string): string => toRfc3339(text);

/** CONFLICT, from the database, when the login is taken in any tenant. */
export async function insertIdentity(transaction: Transaction, input: CreateIdentity): Promise<IdentityDetail> {
  const row = await transaction
    .insertInto('identity')
    .values({
      login: input.login,
      display_name: input.display_name ?? null,
      password_hash: input.password === undefined ? null : await hashPassword(input.password),
      ...(input.attributes && { attributes: writeJson(input.attributes) }),
    })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return { ...row, attributes: input.attributes ?? null, roles: [], direct_permissions: [] };
}

/** Absent fields are kept. Null when there is none. */
export async function updateIdentity(
  transaction: Transaction,
  id: number,
  change: UpdateIdentity,
): Promise<IdentityDetail | null> {
  const row = await transaction
    .updateTable('identity')
    .set({
      ...(change.display_name !== undefined && { display_name: change.display_name }),
      ...(change.password !== undefined && {
        password_hash: await hashPassword(change.password),
        session_epoch: nextSessionEpoch,
      }),
      ...(change.attributes !== undefined && { attributes: writeJson(change.attributes ?? {}) }),
      ...(change.frozen !== undefined && { frozen: change.frozen }),
      updated: now,
    })
    .where('id', '=', id)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row ? { ...row, roles: [], direct_permissions: [] } : null;
}

/**
 * Deletes its roles and assignments too. UNPROCESSABLE_ENTITY, from the database, while it owns
 * keys. False when there is none.
 */
export async function removeIdentity(transaction: Transaction, id: number): Promise<boolean> {
  const { numDeletedRows } = await transaction.deleteFrom('identity').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0;
}

export const listPermissionAssignments = (
  transaction: Transaction,
  identity: number,
): Promise<PermissionAssignment[]> =>
  transaction
    .selectFrom('permission_assignment as a')
    .innerJoin('permission_set as s', 's.id', 'a.permset')
    .select(['a.id', 'a.identity as identity_id', 'a.permset as permission_set_id', 's.ref as permission_set_ref'])
    .select('a.created')
    .where('a.identity', '=', identity)
    .orderBy('s.ref')
    .execute();

/** CONFLICT, from the database, when it has the role already. */
export const addIdentityRole = (transaction: Transaction, identity: number, role: string): Promise<IdentityRole> =>
  transaction
    .insertInto('identity_role')
    .values({ identity, role })
    .returning(['id', 'identity as identity_id', 'role', 'source', 'managed', 'created', 'updated'])
    .executeTakeFirstOrThrow();

/** False when there is none. BAD_REQUEST when an external provider manages it. */
export async function removeIdentityRole(transaction: Transaction, id: number): Promise<boolean> {
  const row = await transaction.selectFrom('identity_role').select('managed').where('id', '=', id).executeTakeFirst();
  if (row?.managed) throw new DomainError('BAD_REQUEST', `Role assignment ${id} is managed by an external provider`);
  await transaction.deleteFrom('identity_role').where('id', '=', id).execute();
  return row !== undefined;
}
