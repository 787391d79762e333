-- Deletes expired keys of these tenants, or of all. Readers skip a key from its expiry on; this only
-- frees space.
create or replace function delete_expired_keys(of_tenants int[]) returns void
  language sql security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now, latest_now() as latest), expired as (
  select k.id from clock cross join key k left join tenant_clock c on c.tenant = k.tenant
  where (of_tenants is null or k.tenant = any(of_tenants)) and k.expires_at <= clock.latest
    and k.expires_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)
)
delete from key where id in (select id from expired)
$$;
select expose_function(array['delete_expired_keys(int[])']);
