-- Of these names, one that a standalone worker has, or a worker that a tenant created: a process of
-- a platform must not register under it. Null: none.
create or replace function reserved_worker_name(names text[]) returns text
  language sql stable security definer set search_path = public, pg_temp as
$$
select min(name) from worker where name = any(names) and (worker_type = 'remote' or tenant is not null)
$$;
select expose_function(array['reserved_worker_name(text[])']);
