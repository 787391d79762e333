import { sql } from 'kysely';
import type { Clock, SetClock } from '../../../contract/clock';
import type { TenantClock } from '../../base/tenant-clocks';
import type { Transaction } from '../database/connection';

/** The clock of the transaction's tenant, and what waits for it. */
export async function readTenantClock(transaction: Transaction): Promise<Clock> {
  const { rows } = await sql<Clock>`
    with shown as materialized (select platform_now() as now)
    select case when c.tenant is null then 'real' when c.pinned_at is null then 'offset' else 'pinned' end as mode,
      shown.now, liveness_now() as real_now,
      (select min(p.at) from planned_instants() p where p.at > shown.now) as next_due_at,
      (select count(*) from work_due())::int as due,
      (select count(*) from work_in_flight())::int as in_flight
    from shown left join tenant_clock c on c.tenant = app_tenant()`.execute(transaction);
  return rows[0]!;
}

/** What the clock would show, beside what it shows; `mayRelease`: it is not ahead of real time. */
export interface PlannedClock {
  readonly now: string;
  readonly shown: string;
  readonly isBackwards: boolean;
  readonly mayRelease: boolean;
}

/** `at`: null: what it shows now. */
export async function planTenantClock(transaction: Transaction, at: string | null): Promise<PlannedClock> {
  const { rows } = await sql<PlannedClock>`
    with clock as materialized (select platform_now() as now)
    select now, coalesce(${at}::timestamptz, now) as shown, coalesce(${at}::timestamptz < now, false) as "isBackwards",
      now <= liveness_now() as "mayRelease" from clock`.execute(transaction);
  return rows[0]!;
}

/** Gives the tenant a clock of this mode that shows `shown` now; `real` takes it away. */
export const setTenantClock = (transaction: Transaction, mode: SetClock['mode'], shown: string): Promise<unknown> =>
  sql`select set_tenant_clock(${mode}, ${shown}::timestamptz)`.execute(transaction);

/** Of all tenants. */
export async function listTenantClocks(transaction: Transaction): Promise<readonly TenantClock[]> {
  const { rows } = await sql<TenantClock>`
    select tenant, pinned_at_ms as "pinnedAtMs", ahead_ms as "aheadMs" from tenant_clocks()`.execute(transaction);
  return rows;
}
