-- Hands a worker the executions assigned to it, oldest first, each under its own lease. The
-- fencing token of a new lease is higher than any before.
create or replace function claim_executions(worker_id bigint, max_count int, lease_ms double precision)
  returns table (execution bigint, tenant int, fencing_token bigint, attempt int)
  language sql security definer set search_path = public, pg_temp as
$$
with next as (
  select e.id, e.tenant from execution e
  where e.status = 'scheduled' and e.worker = worker_id
    and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > platform_now())
  order by e.id limit max_count for update of e skip locked
), taken as (
  update execution e set attempt = e.attempt + 1 from next where e.id = next.id returning e.id, e.tenant, e.attempt
), leased as (
  insert into lease (resource, tenant, owner, expires_at, fencing_token)
  select 'execution:' || taken.id, taken.tenant, worker_id,
    platform_now() + lease_ms * interval '1 ms', nextval('public.fencing_token') from taken
  on conflict (resource) do update set owner = excluded.owner, acquired_at = platform_now(),
    expires_at = excluded.expires_at, fencing_token = excluded.fencing_token
  returning lease.resource, lease.fencing_token
)
select taken.id, taken.tenant, leased.fencing_token, taken.attempt
from taken join leased on leased.resource = 'execution:' || taken.id order by taken.id
$$;
select expose_function(array['claim_executions(bigint, int, double precision)']);
