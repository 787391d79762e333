-- The standalone worker of a name: the epoch of its valid tokens, and the process that may go on.
create or replace function standalone_worker(worker_name text) returns table (id bigint, token_epoch int, session text)
  language sql stable security definer set search_path = public, pg_temp as
$$
select w.id, w.token_epoch, w.session from worker w
where w.name = worker_name and w.worker_type = 'remote' and w.tenant is null
$$;
select expose_function(array['standalone_worker(text)']);
