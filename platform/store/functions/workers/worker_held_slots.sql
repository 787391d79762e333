-- Counts the executions that a worker holds under a lease, in all tenants.
create or replace function worker_held_slots(worker_id bigint) returns int
  language sql stable security definer set search_path = public, pg_temp as
$$ select count(*)::int from lease where owner = worker_id and expires_at > liveness_now() and resource like 'execution:%' $$;
select expose_function(array['worker_held_slots(bigint)']);
