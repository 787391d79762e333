-- Deletes what has expired of logins: counters, addresses, sessions and refresh families. This only
-- frees space. Refresh families expire by the clock of their tenant; the others belong to no tenant, and
-- expire by real time. A clock of a tenant may keep the tokens of an ended session valid for any time.
create or replace function delete_expired_login_state() returns void
  language sql security definer set search_path = public, pg_temp as
$$
delete from failed_login where ends_at <= platform_now();
delete from usual_address where expires_at <= platform_now();
delete from ended_session where expires_at <= platform_now() and not exists (select from tenant_clock);
with clock as materialized (select liveness_now() as now, latest_now() as latest), expired as (
  select f.id from clock cross join refresh_family f left join tenant_clock c on c.tenant = f.tenant
  where f.expires_at <= clock.latest and f.expires_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)
)
delete from refresh_family where id in (select id from expired)
$$;
select expose_function(array['delete_expired_login_state()']);
