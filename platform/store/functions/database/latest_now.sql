-- The latest time that any clock shows: what is not due by it is due in no tenant.
create or replace function latest_now() returns timestamptz
  language sql volatile security definer set search_path = public, pg_temp as
$$
select greatest(liveness_now(), max(c.pinned_at), liveness_now() + max(c.ahead)) from tenant_clock c
$$;
select expose_function(array['latest_now()']);
