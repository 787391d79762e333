import { sql, type RawBuilder } from 'kysely';
import type { FailureRate, HourlyCount } from '../../../contract/records/analytics';
import type { Transaction } from '../database/connection';

/** From `since` to `until`, which is excluded; RFC 3339. */
export interface Interval {
  readonly since: string;
  readonly until: string;
}

type Series = (transaction: Transaction, interval: Interval) => Promise<readonly HourlyCount[]>;

/** Counts rows by hour and label, oldest first. `rows` selects `at` and `label`. */
const hourlyCounts =
  (rows: (interval: Interval) => RawBuilder<unknown>): Series =>
  async (transaction, interval) => {
    const counts = await sql<HourlyCount>`
      select date_trunc('hour', at, 'UTC') as bucket, label, count(*) as value from (${rows(interval)}) as counted
      group by 1, 2 order by 1, 2`.execute(transaction);
    return counts.rows;
  };

const within = (column: string, { since, until }: Interval) =>
  sql`${sql.ref(column)} >= ${since}::timestamptz and ${sql.ref(column)} < ${until}::timestamptz`;

const createdIn = (table: string): Series =>
  hourlyCounts(
    (interval) => sql`select created as at, null::text as label from ${sql.table(table)}
      where tenant = app_tenant() and ${within('created', interval)}`,
  );

/** How often a status was reached, by status: the first one included. */
export const executionStatuses: Series = hourlyCounts(
  (interval) => sql`select time as at, new_values->>'status' as label from execution_history
    where tenant = app_tenant() and ${within('time', interval)} and new_values ? 'status'`,
);

export const workerStatuses: Series = hourlyCounts(
  (interval) => sql`select time as at, new_values->>'status' as label from worker_history
    where (tenant is null or tenant = app_tenant()) and ${within('time', interval)}
      and new_values->>'status' is not null`,
);

export const executionThroughput: Series = createdIn('execution');
export const eventVolume: Series = createdIn('event');
export const enforcementVolume: Series = createdIn('enforcement');

type Counts = Omit<FailureRate, 'since' | 'until' | 'failure_rate_pct'>;

/** The executions that ended in the interval, by their end. */
export async function countEnds(transaction: Transaction, interval: Interval): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select count(*) as total_terminal, count(*) filter (where status = 'failed') as failed_count,
      count(*) filter (where status = 'timeout') as timeout_count,
      count(*) filter (where status = 'completed') as completed_count
    from (select new_values->>'status' as status from execution_history
      where tenant = app_tenant() and ${within('time', interval)}) as changed
    where status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')`.execute(transaction);
  return rows[0]!;
}

/** The interval of a query: what is not given counts back from `until`, or is the present. */
export async function readInterval(
  transaction: Transaction,
  { since, until, hours }: { readonly since?: string; readonly until?: string; readonly hours: number },
): Promise<Interval & { readonly hours: number }> {
  const { rows } = await sql<Interval & { readonly hours: number }>`
    select since, until, (extract(epoch from until - since) / 3600)::double precision as hours from (
      select coalesce(${since ?? null}::timestamptz, until - ${hours} * interval '1 hour') as since, until
      from (select coalesce(${until ?? null}::timestamptz, platform_now()) as until) as ends) as bounds`.execute(
    transaction,
  );
  return rows[0]!;
}
