-- Active workers of platforms that ended without stopping them: the lease of their executor has
-- expired. The processes of such a platform end with it. A worker of a tenant, and one of a process
-- without an executor, is found by its heartbeat.
create or replace function workers_of_ended_platforms() returns table (worker bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
select w.id from worker w
where w.status = 'active' and w.tenant is null
  and (select max(x.expires_at) from executor x where x.instance = w.meta->>'instance') < liveness_now()
$$;
select expose_function(array['workers_of_ended_platforms()']);
