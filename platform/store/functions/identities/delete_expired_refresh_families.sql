-- Deletes expired refresh families of these tenants, or of all.
create or replace function delete_expired_refresh_families(of_tenants int[]) returns void
  language sql security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now, latest_now() as latest), expired as (
  select f.id from clock cross join refresh_family f left join tenant_clock c on c.tenant = f.tenant
  where (of_tenants is null or f.tenant = any(of_tenants)) and f.expires_at <= clock.latest
    and f.expires_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)
)
delete from refresh_family where id in (select id from expired)
$$;
select expose_function(array['delete_expired_refresh_families(int[])']);
