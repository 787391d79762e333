-- Deletes expired keys of all tenants and returns how many. Readers skip a key from its expiry
-- on; this only frees space.
create or replace function delete_expired_keys() returns int
  language sql security definer set search_path = public, pg_temp as
$$
with deleted as (delete from key where expires_at <= platform_now() returning 1) select count(*)::int from deleted
$$;
select expose_function(array['delete_expired_keys()']);
