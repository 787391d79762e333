-- Deletes idempotent requests that are older than 24 hours and returns how many.
create or replace function delete_expired_idempotent_requests() returns int
  language sql security definer set search_path = public, pg_temp as
$$
with deleted as (
  delete from idempotent_request where created < tenant_now(tenant) - interval '24 hours' returning 1
)
select count(*)::int from deleted
$$;
select expose_function(array['delete_expired_idempotent_requests()']);
