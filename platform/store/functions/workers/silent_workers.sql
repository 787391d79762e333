-- Active workers that have sent no heartbeat for `stale_ms`, or for the time of their own, and the
-- tenants of their alerts: that of a worker without one is the default tenant.
create or replace function silent_workers(stale_ms double precision) returns table (worker bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select w.id, coalesce(w.tenant, 1) from worker w
where w.status = 'active' and w.last_heartbeat < liveness_now() - coalesce(w.heartbeat_timeout_ms, stale_ms) * interval '1 ms'
$$;
select expose_function(array['silent_workers(double precision)']);
