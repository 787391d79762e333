-- Workflows whose time limit has passed and is not processed yet.
create or replace function overdue_limits() returns table (tenant int, execution bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
select r.tenant, r.execution from workflow_execution r
where r.due_at <= platform_now() and r.status in ('requested', 'running', 'canceling')
$$;
select expose_function(array['overdue_limits()']);
