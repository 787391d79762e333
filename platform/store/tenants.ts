import { sql } from 'kysely';
import type { CreateTenant, CreatedTenant, Tenant, UpdateTenant } from '../../contract/tenants';
import { Refusal } from '../refusal';
import { ringDispatch } from '../queue/ring';
import type { Transaction } from './database';
import { assignSet } from './grants';
import { createIdentity } from './identities';

/** Every statement here is refused by the database (42501) in a transaction of any other tenant than `default`. */

/** All of them, in order of slug. */
export async function listTenants(transaction: Transaction): Promise<Tenant[]> {
  const { rows } = await sql<Tenant>`select * from list_tenants()`.execute(transaction);
  return rows;
}

/** Null where there is none of that slug. */
export async function findTenant(transaction: Transaction, slug: string): Promise<Tenant | null> {
  const { rows } = await sql<Tenant>`select * from list_tenants() where slug = ${slug}`.execute(transaction);
  return rows[0] ?? null;
}

/**
 * A tenant and its first admin. The transaction is that tenant's from here on. CONFLICT for a slug (by the database) or a
 * log-in that is taken.
 */
export async function makeTenant(
  transaction: Transaction,
  { slug, name, admin }: CreateTenant,
): Promise<CreatedTenant> {
  const { rows } = await sql<Tenant>`select * from make_tenant(${slug}, ${name})`.execute(transaction);
  const tenant = rows[0]!;
  await sql`select set_config('app.tenant', ${String(tenant.id)}, true)`.execute(transaction);
  const { login, password, display_name } = admin;
  const identity = await createIdentity(transaction, { login, password, displayName: display_name ?? null });
  if (!identity) throw new Refusal('CONFLICT', 'Login is already taken', { path: 'admin/login' });
  await assignSet(transaction, identity.id, 'core.admin');
  return { ...tenant, admin: { id: identity.id, login: identity.login, display_name: identity.display_name } };
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** What is left out stays. A thaw rings for what has waited. Null where there is none of that slug. */
export async function changeTenant(
  transaction: Transaction,
  slug: string,
  { name = null, frozen = null }: Nullable<UpdateTenant>,
): Promise<Tenant | null> {
  const { rows } = await sql<Tenant>`select * from change_tenant(${slug}, ${name}, ${frozen})`.execute(transaction);
  const tenant = rows[0] ?? null;
  if (tenant && frozen === false) await ringDispatch(transaction, tenant.id);
  return tenant;
}

/** Asks what runs in a frozen tenant to stop; answers how much is still at work. */
export async function stopTenant(transaction: Transaction, id: number): Promise<number> {
  const { rows } = await sql<{ left: number }>`select stop_tenant(${id}) as left`.execute(transaction);
  return rows[0]!.left;
}

/** Every row of a frozen tenant, and itself. Answers how many rows each table had; null where it is not frozen any more. */
export async function removeTenant(transaction: Transaction, id: number): Promise<Record<string, number> | null> {
  const { rows } = await sql<{ relation: string; removed: number }>`
    select relation, removed from remove_tenant(${id})`.execute(transaction);
  return rows.length === 0 ? null : Object.fromEntries(rows.map(({ relation, removed }) => [relation, removed]));
}

/** Whether the transaction's own tenant takes no new work. */
export async function isFrozen(transaction: Transaction): Promise<boolean> {
  const row = await transaction
    .selectFrom('tenant')
    .select('frozen')
    .where('id', '=', sql<number>`app_tenant()`)
    .executeTakeFirst();
  return row?.frozen ?? true;
}
