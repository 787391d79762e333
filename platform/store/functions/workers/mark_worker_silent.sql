-- Marks a worker that is still silent inactive: it gets no more work. One of a tenant is offline.
-- Returns no row for one that has sent a heartbeat since.
create or replace function mark_worker_silent(worker_id bigint, stale_ms double precision)
  returns table (name text, worker_role text, cordoned boolean, last_heartbeat timestamptz)
  language sql security definer set search_path = public, pg_temp as
$$
update worker w set status = 'inactive', state = case when w.state is not null then 'offline' end,
  state_cause = case when w.state is not null then 'heartbeat_timeout' end, updated = tenant_now(w.tenant)
where w.id = worker_id and w.id in (select s.worker from silent_workers(stale_ms) s)
returning w.name, w.worker_role, w.cordoned, w.last_heartbeat
$$;
select expose_function(array['mark_worker_silent(bigint, double precision)']);
