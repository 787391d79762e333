-- Takes over the workers of tenants that no platform runs: new ones, and those of a platform that
-- has ended, when their processes have exited or been silent for a lease. Those that are to run are
-- provisioned again. Returns how many.
create or replace function adopt_workers(platform text, lease_ms double precision) returns int
  language sql security definer set search_path = public, pg_temp as
$$
with adopted as (
  update worker w set supervisor = platform, state_changed_at = liveness_now(), meta = w.meta - 'pid',
    state_cause = case when w.state in ('online', 'offline') then 'adopted' else w.state_cause end,
    state = case when w.state in ('online', 'offline') then 'provisioning' else w.state end
  where w.kind = 'managed' and w.tenant is not null and w.supervisor is distinct from platform
    and (w.state <> 'removed' or w.meta->>'pid' is not null)
    and not exists (select from executor x where x.instance = w.supervisor and x.expires_at > liveness_now())
    and (w.meta->>'pid' is null or w.last_heartbeat < liveness_now() - adopt_workers.lease_ms * interval '1 ms')
  returning 1
)
select count(*)::int from adopted
$$;
select expose_function(array['adopt_workers(text, double precision)']);
