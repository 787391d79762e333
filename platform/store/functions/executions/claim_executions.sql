-- Hands a worker the executions assigned to it, oldest first, each under its own lease. The
-- fencing token of a new lease is higher than any before. A concurrent claim may have committed
-- after this statement's snapshot: the lease itself decides, as `on conflict` reads its latest row.
-- An execution that runs alone is the last, when the worker holds nothing else; while it is held
-- nothing else is handed out.
create or replace function claim_executions(worker_id bigint, max_count int, lease_ms double precision)
  returns table (execution bigint, tenant int, fencing_token bigint, attempt int)
  language sql security definer set search_path = public, pg_temp as
$$
with alone as materialized (
  select e.id, e.status from worker_crash_suspect s join execution e on e.id = s.execution
  where s.suspicions >= 2 and e.worker = worker_id and e.status in ('scheduled', 'running', 'canceling')
), next as (
  select e.id, e.tenant from execution e
  where e.status = 'scheduled' and e.worker = worker_id
    and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > platform_now())
    and not exists (select from alone a join lease l on l.resource = 'execution:' || a.id
      where a.id <> e.id and l.expires_at > platform_now())
    and (e.id not in (select id from alone) or not exists (
      select from execution other where other.worker = worker_id and other.id <> e.id
        and (other.status in ('running', 'canceling') or other.status = 'scheduled'
          and (other.id < e.id or other.id not in (select id from alone)))))
  order by e.id limit max_count for update of e skip locked
), leased as (
  insert into lease (resource, tenant, owner, expires_at, fencing_token)
  select 'execution:' || next.id, next.tenant, worker_id,
    platform_now() + lease_ms * interval '1 ms', nextval('public.fencing_token') from next
  on conflict (resource) do update set owner = excluded.owner, acquired_at = platform_now(),
    expires_at = excluded.expires_at, fencing_token = excluded.fencing_token
    where lease.expires_at <= platform_now()
  returning lease.resource, lease.fencing_token
), taken as (
  update execution e set attempt = e.attempt + 1 from next, leased
  where e.id = next.id and leased.resource = 'execution:' || next.id
  returning e.id, e.tenant, e.attempt, leased.fencing_token
)
select taken.id, taken.tenant, taken.fencing_token, taken.attempt from taken order by taken.id
$$;
select expose_function(array['claim_executions(bigint, int, double precision)']);
