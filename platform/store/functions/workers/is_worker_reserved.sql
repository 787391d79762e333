-- Whether an execution that runs alone is assigned to the worker, in any tenant.
create or replace function is_worker_reserved(worker_id bigint) returns boolean
  language sql stable security definer set search_path = public, pg_temp as
$$
select exists (
  select from worker_crash_suspect s join execution e on e.id = s.execution
  where s.suspicions >= 2 and e.worker = worker_id and e.status in ('scheduled', 'running', 'canceling')
)
$$;
select expose_function(array['is_worker_reserved(bigint)']);
