-- What of this tenant is due by its clock, and not done yet.
create or replace function work_due() returns table (kind text, entity bigint)
  language sql stable set search_path = public, pg_temp as
$$
select p.kind, p.entity from planned_instants() p where p.at <= platform_now()
union all
select 'queue', q.queue from due_queues() q where q.tenant = app_tenant()
$$;
select expose_function(array['work_due()']);
