-- Whether a move of this tenant's clock waits: something is due by now and not done yet, or something
-- is in flight and the move settles.
create or replace function is_clock_waiting(settles boolean) returns boolean
  language sql stable set search_path = public, pg_temp as
$$
select exists (select from planned_instants() p where p.at <= platform_now())
  or exists (select from due_queues() q where q.tenant = app_tenant())
  or settles and exists (select from work_in_flight())
$$;
select expose_function(array['is_clock_waiting(boolean)']);
