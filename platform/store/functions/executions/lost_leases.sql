-- Those of the fencing tokens under which the worker holds no lease: another worker runs their
-- executions, or they have ended.
create or replace function lost_leases(worker_id bigint, fencing_tokens bigint[]) returns setof bigint
  language sql stable security definer set search_path = public, pg_temp as
$$
select token from unnest(fencing_tokens) as token
where not exists (select from lease l where l.fencing_token = token and l.owner = worker_id)
$$;
select expose_function(array['lost_leases(bigint, bigint[])']);
