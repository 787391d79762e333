-- Deletes what has expired of logins and belongs to no tenant: counters, addresses and sessions, by
-- real time. This only frees space. A session is kept while any tenant has a clock of its own, by
-- which its tokens may be valid for any time.
create or replace function delete_expired_login_state() returns void
  language sql security definer set search_path = public, pg_temp as
$$
delete from failed_login where ends_at <= platform_now();
delete from usual_address where expires_at <= platform_now();
delete from ended_session where expires_at <= platform_now() and not exists (select from tenant_clock)
$$;
select expose_function(array['delete_expired_login_state()']);
