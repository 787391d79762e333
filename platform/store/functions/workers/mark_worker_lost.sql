-- Marks a worker whose platform has ended inactive: it gets no more work. The heartbeat of one that
-- is alive makes it active again.
create or replace function mark_worker_lost(worker_id bigint) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update worker set status = 'inactive', state = case when state is not null then 'offline' end,
  state_cause = case when state is not null then 'crashed' end, updated = tenant_now(tenant)
where id = worker_id and status = 'active'
$$;
select expose_function(array['mark_worker_lost(bigint)']);
