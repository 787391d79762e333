-- Clears the failures of a login, takes back this attempt from the counters of its addresses, and
-- remembers the address as one that the login is used from.
create or replace function record_login_success(login text, names text[], address text) returns void
  language sql security definer set search_path = public, pg_temp as
$$
delete from failed_login where name = login;
update failed_login set tries = greatest(tries - 1, 0) where name = any(names) and name <> login;
insert into usual_address as u (name, expires_at) values (address, platform_now() + interval '90 days')
on conflict (name) do update set expires_at = excluded.expires_at
  where u.expires_at < excluded.expires_at - interval '1 day'
$$;
select expose_function(array['record_login_success(text, text[], text)']);
