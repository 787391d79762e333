-- Adds an executor, whose leases last `lease_ms` without a renewal, and returns its id. The rows of
-- executors that ended without removing theirs are kept for a day.
create or replace function add_executor(platform text, lease_ms double precision) returns bigint
  language sql security definer set search_path = public, pg_temp as
$$
delete from executor where expires_at < liveness_now() - interval '1 day';
insert into executor (instance, expires_at) values (platform, liveness_now() + lease_ms * interval '1 ms') returning id
$$;
select expose_function(array['add_executor(text, double precision)']);
