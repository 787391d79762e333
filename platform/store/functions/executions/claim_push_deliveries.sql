-- Claims what waits for workers whose agents get their executions by push, oldest first, each under
-- a lease of its worker. At most `max_per_worker` are being delivered to an agent at once. A worker
-- that is offline is included: an agent without claims need not send heartbeats, and the delivery
-- shows whether it is there. Of `max_count`, each worker gets one before another gets two. An execution whose delivery failed waits for its next time.
create or replace function claim_push_deliveries(max_count int, max_per_worker int)
  returns table (execution bigint, tenant int, fencing_token bigint, attempt int, deadline timestamptz,
    worker bigint, url text, signing_key text, lease_ms double precision, failures int, failing_ms double precision)
  language sql security definer set search_path = public, pg_temp as
$$
with receiver as (
  select w.id, w.push_url, w.token_hash, w.lease_ms from worker w
  where w.kind = 'external' and w.delivery_mode = 'push' and w.state in ('online', 'offline')
    and w.tenant not in (select frozen_tenants())
), candidate as (
  select c.id, row_number() over (partition by r.id order by c.id) as turn from receiver r cross join lateral (
    select e.id from execution e left join push_delivery d on d.execution = e.id
    where e.addressed_to = r.id and e.status = 'scheduled' and coalesce(d.next_at, liveness_now()) <= liveness_now()
      and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > liveness_now())
    order by e.id limit greatest(0, claim_push_deliveries.max_per_worker - (
      select count(*) from execution e join lease l on l.resource = 'execution:' || e.id
      where e.addressed_to = r.id and e.status = 'scheduled' and l.expires_at > liveness_now()))
  ) c
), next as (
  select e.id, e.tenant, e.addressed_to from candidate join execution e on e.id = candidate.id
  where e.status = 'scheduled' order by candidate.turn, e.id limit claim_push_deliveries.max_count
  for update of e skip locked
), leased as (
  insert into lease (resource, tenant, owner, expires_at, fencing_token)
  select 'execution:' || next.id, next.tenant, r.id,
    liveness_now() + r.lease_ms * interval '1 ms', nextval('public.fencing_token')
  from next join receiver r on r.id = next.addressed_to
  on conflict (resource) do update set owner = excluded.owner, acquired_at = liveness_now(),
    expires_at = excluded.expires_at, fencing_token = excluded.fencing_token
    where lease.expires_at <= liveness_now()
  returning lease.resource, lease.fencing_token, lease.expires_at
), taken as (
  update execution e set attempt = e.attempt + 1 from next, leased
  where e.id = next.id and leased.resource = 'execution:' || next.id
  returning e.id, e.tenant, e.attempt, e.addressed_to, leased.fencing_token, leased.expires_at
)
select t.id, t.tenant, t.fencing_token, t.attempt, t.expires_at, r.id, r.push_url, r.token_hash, r.lease_ms,
  coalesce(d.failures, 0), coalesce(extract(epoch from liveness_now() - d.failing_since)::float8 * 1000, 0)
from taken t join receiver r on r.id = t.addressed_to left join push_delivery d on d.execution = t.id
order by t.id
$$;
select expose_function(array['claim_push_deliveries(int, int)']);
