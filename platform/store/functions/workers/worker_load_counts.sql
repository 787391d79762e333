-- Counts what a worker runs, in all tenants.
create or replace function worker_load_counts(worker_id bigint) returns table (requested int, scheduling int, scheduled int, running int,
  canceling int, sensors_running int, sensors_monitored int, active_rules int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select e.requested, e.scheduling, e.scheduled, e.running, e.canceling, s.running, s.monitored, s.rules
from (
  select count(*) filter (where status = 'requested')::int as requested,
    count(*) filter (where status = 'scheduling')::int as scheduling,
    count(*) filter (where status = 'scheduled')::int as scheduled,
    count(*) filter (where status = 'running')::int as running,
    count(*) filter (where status = 'canceling')::int as canceling
  from execution where worker = worker_id and status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling')
) e, (
  select count(*) filter (where x.status = 'running')::int as running, count(*)::int as monitored,
    coalesce(sum((select count(*) from rule r where r.tenant = n.tenant and r.enabled
      and r.trigger_ref = any(n.trigger_refs))) filter (where x.status = 'running'), 0)::int as rules
  from sensor_process x join sensor n on n.id = x.sensor
  where x.worker = worker_id and x.status <> 'stopped'
) s
$$;
select expose_function(array['worker_load_counts(bigint)']);
