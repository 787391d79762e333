import type { Pool } from 'pg';

/** Executions that latencies are measured on: those among so many newest that ended recently. */
const RECENT_EXECUTIONS = 2_000;
const RECENT_SECONDS = 300;

/** How much work the platform has, over all tenants. */
export interface PlatformStatistics {
  /** Executions that have not ended, by what they wait for. */
  readonly executions: Readonly<Record<'queued' | 'delayed' | 'scheduled' | 'running', number>>;
  /** Executions ever created. */
  readonly created: number;
  /** Leases ever granted: one for each start of an attempt or of a sensor. */
  readonly leasesGranted: number;
  readonly leases: readonly { readonly resource: string; readonly state: 'held' | 'expired'; readonly count: number }[];
  readonly workers: readonly { readonly status: string; readonly count: number; readonly slots: number }[];
  readonly recent: readonly {
    readonly status: string;
    readonly count: number;
    /** From creation to start, seconds, at `QUANTILES`. */
    readonly queueSeconds: readonly number[];
    /** From start to end, seconds, at `QUANTILES`. */
    readonly runSeconds: readonly number[];
  }[];
}

export const QUANTILES = [0.5, 0.9, 0.99] as const;

/**
 * One statement, for a cost that is bounded: counts of rows that have not ended are read from
 * partial indexes, totals from sequences, and latencies from a range of the primary key. What is
 * due or recent is so by the clock of its tenant.
 */
const STATISTICS = `
with clock as materialized (select liveness_now() as now), recent as materialized (
  select e.status, extract(epoch from e.started_at - e.created)::float8 as queued,
    extract(epoch from e.finished_at - e.started_at)::float8 as run
  from clock cross join execution e left join tenant_clock c on c.tenant = e.tenant
    cross join lateral (select coalesce(c.pinned_at, clock.now + c.ahead, clock.now) as now) own
  where e.id > (select max(id) from execution) - $1 and e.started_at is not null and e.worker is not null
    and e.finished_at > own.now - $2 * interval '1 s'
), waiting as materialized (
  select coalesce(e.due_at > own.now, false) as is_delayed, count(*)
  from clock cross join execution e left join tenant_clock c on c.tenant = e.tenant
    cross join lateral (select coalesce(c.pinned_at, clock.now + c.ahead, clock.now) as now) own
  where e.status in ('requested', 'scheduling') and e.released
    and (e.status = 'requested' or e.due_at is null or e.due_at <= own.now)
  group by 1
)
select json_build_object(
  'executions', json_build_object(
    'queued', (select coalesce(sum(count), 0) from waiting where not is_delayed),
    'delayed', (select coalesce(sum(count), 0) from waiting where is_delayed),
    'scheduled', (select count(*) from execution where status = 'scheduled'),
    'running', (select count(*) from execution where status in ('running', 'canceling'))),
  'created', (select case when is_called then last_value else 0 end from execution_id_seq),
  'leasesGranted', (select case when is_called then last_value else 0 end from fencing_token),
  'leases', (select coalesce(json_agg(row_to_json(l)), '[]') from (
    select split_part(resource, ':', 1) as resource,
      case when expires_at > liveness_now() then 'held' else 'expired' end as state, count(*)
    from lease group by 1, 2 order by 1, 2) l),
  'workers', (select coalesce(json_agg(row_to_json(w)), '[]') from (
    select status, count(*), sum(slots) as slots from worker where kind = 'managed' group by 1 order by 1) w),
  'recent', (select coalesce(json_agg(row_to_json(r)), '[]') from (
    select status, count(*), percentile_cont($3::float8[]) within group (order by queued) as "queueSeconds",
      percentile_cont($3::float8[]) within group (order by run) as "runSeconds"
    from recent group by 1 order by 1) r)
) as statistics`;

/**
 * Reads through a connection of the owner: row-level security shows a tenant's rows only to
 * others.
 */
export async function readStatistics(ownerPool: Pool): Promise<PlatformStatistics> {
  const { rows } = await ownerPool.query<{ statistics: PlatformStatistics }>(STATISTICS, [
    RECENT_EXECUTIONS,
    RECENT_SECONDS,
    QUANTILES,
  ]);
  return rows[0]!.statistics;
}
