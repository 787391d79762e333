-- Charges the crash of a worker's process to what it ran: to `blamed` alone where the cause is
-- known, else to each. The recovery of what ran beside others, or beside the cause, does not count.
-- `has_exited`: its leases end too, so that recovery need not wait.
create or replace function record_worker_crash(worker_name text, blamed bigint, has_exited boolean) returns void
  language sql security definer set search_path = public, pg_temp as
$$
with held as (
  select e.id, e.tenant from worker w
  join lease l on l.owner = w.id and l.resource like 'execution:%'
  join execution e on e.id = substr(l.resource, 11)::bigint and e.status in ('scheduled', 'running')
  where w.name = worker_name
), charges as (
  select id, tenant, blamed is null or blamed = id as is_suspect,
    coalesce(blamed = id, (select count(*) from held) = 1) as is_certain from held
)
insert into worker_crash_suspect as known (execution, tenant, suspicions, uncounted_recoveries)
select id, tenant, is_suspect::int, (not is_certain)::int from charges
on conflict (execution) do update set suspicions = known.suspicions + excluded.suspicions,
  uncounted_recoveries = known.uncounted_recoveries + excluded.uncounted_recoveries;

update lease set end_reason = 'crashed',
  expires_at = case when has_exited then least(expires_at, liveness_now()) else expires_at end
where owner = (select id from worker where name = worker_name);
$$;
select expose_function(array['record_worker_crash(text, bigint, boolean)']);
