-- Hands a worker the executions assigned to it, each under its own lease. The tenants that wait
-- share the slots by their weights, with what they hold already: the next slot is of the tenant
-- that holds least for its weight, and of that tenant's executions the oldest is first. No slot
-- stays free while anything waits, but for one case: an execution that runs alone is the last,
-- when the worker holds nothing else, and while it is held nothing else is handed out. The fencing
-- token of a new lease is higher than any before. A worker of a tenant that is not online gets
-- nothing. A concurrent claim may have committed after this
-- statement's snapshot: the lease itself decides, as `on conflict` reads its latest row.
create or replace function claim_executions(worker_id bigint, max_count int, lease_ms double precision)
  returns table (execution bigint, tenant int, fencing_token bigint, attempt int)
  language sql security definer set search_path = public, pg_temp as
$$
with recursive alone as materialized (
  select e.id, e.status from worker_crash_suspect s join execution e on e.id = s.execution
  where s.suspicions >= 2 and e.worker = worker_id and e.status in ('scheduled', 'running', 'canceling')
), waiting (tenant) as (
  (select e.tenant from execution e where e.worker = worker_id and e.status = 'scheduled'
    and exists (select from worker w where w.id = worker_id and coalesce(w.state, 'online') = 'online')
    order by e.tenant limit 1)
  union all
  select (select e.tenant from execution e
    where e.worker = worker_id and e.status = 'scheduled' and e.tenant > waiting.tenant order by e.tenant limit 1)
  from waiting where waiting.tenant is not null
), held as (
  select l.tenant, count(*) as slots from lease l
  where l.owner = worker_id and l.expires_at > liveness_now() and l.resource like 'execution:%' group by l.tenant
), candidate as (
  select c.id, (coalesce(held.slots, 0) + row_number() over (partition by t.id order by c.id)) / t.slot_weight as turn
  from waiting join tenant t on t.id = waiting.tenant left join held on held.tenant = waiting.tenant
  cross join lateral (
    select e.id from execution e where e.worker = worker_id and e.status = 'scheduled' and e.tenant = waiting.tenant
      and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > liveness_now())
      and not exists (select from alone a join lease l on l.resource = 'execution:' || a.id
        where a.id <> e.id and l.expires_at > liveness_now())
      and (e.id not in (select id from alone) or not exists (
        select from execution other where other.worker = worker_id and other.id <> e.id
          and (other.status in ('running', 'canceling') or other.status = 'scheduled'
            and (other.id < e.id or other.id not in (select id from alone)))))
    order by e.id limit max_count
  ) c
), next as (
  select e.id, e.tenant from candidate join execution e on e.id = candidate.id
  where e.status = 'scheduled' and e.worker = worker_id
  order by candidate.turn, candidate.id limit max_count for update of e skip locked
), leased as (
  insert into lease (resource, tenant, owner, expires_at, fencing_token)
  select 'execution:' || next.id, next.tenant, worker_id,
    liveness_now() + lease_ms * interval '1 ms', nextval('public.fencing_token') from next
  on conflict (resource) do update set owner = excluded.owner, acquired_at = liveness_now(),
    expires_at = excluded.expires_at, fencing_token = excluded.fencing_token
    where lease.expires_at <= liveness_now()
  returning lease.resource, lease.fencing_token
), taken as (
  update execution e set attempt = e.attempt + 1 from next, leased
  where e.id = next.id and leased.resource = 'execution:' || next.id
  returning e.id, e.tenant, e.attempt, leased.fencing_token
)
select taken.id, taken.tenant, taken.fencing_token, taken.attempt from taken order by taken.id
$$;
select expose_function(array['claim_executions(bigint, int, double precision)']);
