-- Attempts whose time limit has passed by the clock of their tenant; other limits are measured by
-- their worker.
create or replace function overdue_attempts() returns table (tenant int, execution bigint, worker bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
select e.tenant, e.id, e.worker from tenant_clock c join execution e on e.tenant = c.tenant
where e.status = 'running' and e.worker is not null
  and e.started_at + e.limit_seconds * interval '1 s' <= coalesce(c.pinned_at, liveness_now() + c.ahead)
$$;
select expose_function(array['overdue_attempts()']);
