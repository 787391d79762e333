import { sql } from 'kysely';
import type { CreateTenant, CreatedTenant, Tenant, UpdateTenant } from '../../../contract/tenants';
import { DomainError } from '../../base/domain-error';
import { notifyDispatch } from '../database/notify';
import type { Transaction } from '../database/connection';
import { assignPermissionSetByRef } from './grants';
import { createIdentity } from './identities';
import { hashPassword } from './passwords';

/**
 * The database rejects every statement here (42501) in a transaction of any tenant but `default`.
 */

/** All tenants, sorted by slug. */
export async function listTenants(transaction: Transaction): Promise<Tenant[]> {
  const { rows } = await sql<Tenant>`select * from list_tenants()`.execute(transaction);
  return rows;
}

/** Null when there is none of that slug. */
export async function findTenant(transaction: Transaction, slug: string): Promise<Tenant | null> {
  const { rows } = await sql<Tenant>`select * from list_tenants() where slug = ${slug}`.execute(transaction);
  return rows[0] ?? null;
}

/**
 * Creates a tenant and its first admin, and switches the transaction to that tenant. CONFLICT for
 * a slug (from the database) or a login that is taken.
 */
export async function createTenant(
  transaction: Transaction,
  { slug, name, admin }: CreateTenant,
): Promise<CreatedTenant> {
  const { rows } = await sql<Tenant>`select * from create_tenant(${slug}, ${name})`.execute(transaction);
  const tenant = rows[0]!;
  await sql`select set_config('app.tenant', ${String(tenant.id)}, true)`.execute(transaction);
  const { login, password, display_name: displayName = null } = admin;
  const passwordHash = await hashPassword(password);
  const identity = await createIdentity(transaction, { login, passwordHash, displayName });
  if (!identity) throw new DomainError('CONFLICT', 'Login is already taken', { path: 'admin/login' });
  await assignPermissionSetByRef(transaction, identity.id, 'core.admin');
  return { ...tenant, admin: { id: identity.id, login: identity.login, display_name: identity.display_name } };
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/**
 * Absent fields are kept. Unfreezing notifies the executors of waiting executions. Null when
 * there is none of that slug.
 */
export async function updateTenant(
  transaction: Transaction,
  slug: string,
  { name = null, frozen = null, slot_weight = null }: Nullable<UpdateTenant>,
): Promise<Tenant | null> {
  const { rows } = await sql<Tenant>`select * from update_tenant(${slug}, ${name}, ${frozen}, ${slot_weight})`.execute(
    transaction,
  );
  const tenant = rows[0] ?? null;
  if (tenant && frozen === false) await notifyDispatch(transaction, tenant.id);
  return tenant;
}

/**
 * Deletes every row of a frozen tenant and the tenant. Returns how many rows each table had; null
 * when it is not frozen any more.
 */
export async function removeTenant(transaction: Transaction, id: number): Promise<Record<string, number> | null> {
  const { rows } = await sql<{ relation: string; removed: number }>`
    select relation, removed from remove_tenant(${id})`.execute(transaction);
  return rows.length === 0 ? null : Object.fromEntries(rows.map(({ relation, removed }) => [relation, removed]));
}

/** Whether the transaction's tenant accepts no new work. */
export async function isTenantFrozen(transaction: Transaction): Promise<boolean> {
  const row = await transaction
    .selectFrom('tenant')
    .select('frozen')
    .where('id', '=', sql<number>`app_tenant()`)
    .executeTakeFirst();
  return row?.frozen ?? true;
}
