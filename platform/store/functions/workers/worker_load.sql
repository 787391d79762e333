-- Counts the unfinished executions of a worker in all tenants.
create or replace function worker_load(worker_id bigint) returns int
  language sql stable security definer set search_path = public, pg_temp as
$$ select count(*)::int from execution where worker = worker_id and status in ('scheduled', 'running', 'canceling') $$;
select expose_function(array['worker_load(bigint)']);
