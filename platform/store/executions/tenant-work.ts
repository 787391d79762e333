import { sql } from 'kysely';
import { notifyWorker } from '../database/notify';
import { livenessNow, type Transaction } from '../database/connection';
import { isTenantFrozen } from '../identities/tenants';
import { transition } from '../lifecycle/lifecycle';

/** The transaction belongs to this tenant from here on. */
const enterTenant = (transaction: Transaction, tenant: number): Promise<unknown> =>
  sql`select set_config('app.tenant', ${String(tenant)}, true)`.execute(transaction);

/**
 * Returns assigned executions of a frozen tenant to `requested`, unless a worker has claimed them:
 * they wait until the tenant is unfrozen. The transaction belongs to that tenant from here on.
 */
export async function unassignTenantWork(transaction: Transaction, tenant: number): Promise<void> {
  await enterTenant(transaction, tenant);
  const { rows } = await sql<{ id: number }>`
    select e.id from execution e where e.status = 'scheduled'
      and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > ${livenessNow})
    order by e.id for update of e`.execute(transaction);
  const ids = rows.map(({ id }) => id);
  await transition(transaction, ids, 'requested', { columns: { worker: null } });
}

/**
 * Cancels what is assigned to workers or runs on them in a frozen tenant. Returns how many
 * processes and installations still run there. The transaction belongs to that tenant from here
 * on.
 */
export async function cancelTenantWork(transaction: Transaction, tenant: number): Promise<number> {
  await enterTenant(transaction, tenant);
  if (await isTenantFrozen(transaction)) await cancelOnWorkers(transaction);
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from execution e join lease l on l.resource = 'execution:' || e.id
        where e.tenant = ${tenant} and e.status in ('running', 'canceling') and l.expires_at > ${livenessNow})
      + (select count(*) from environment v
        where v.tenant = ${tenant} and v.status = 'installing' and v.claimed_at > ${livenessNow} - interval '1 minute') as count
    `.execute(transaction);
  return rows[0]!.count;
}

async function cancelOnWorkers(transaction: Transaction): Promise<void> {
  const rows = await transaction
    .selectFrom('execution')
    .select(['id', 'status', 'worker'])
    .where('worker', 'is not', null)
    .where('status', 'in', ['scheduled', 'running'])
    .orderBy('id')
    .forUpdate()
    .execute();
  for (const { id, status, worker } of rows) {
    if (status === 'scheduled')
      await transition(transaction, id, 'cancelled', { result: { error: 'Tenant is removed' } });
    else await transition(transaction, id, 'canceling');
    await notifyWorker(transaction, { worker: worker!, cancel: id });
  }
}
