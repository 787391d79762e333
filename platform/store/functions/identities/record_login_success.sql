-- Clears the failures of a login and takes back this attempt from the counters of its addresses.
create or replace function record_login_success(login text, names text[]) returns void
  language sql security definer set search_path = public, pg_temp as
$$
delete from failed_login where name = login;
update failed_login set tries = greatest(tries - 1, 0) where name = any(names) and name <> login
$$;
select expose_function(array['record_login_success(text, text[])']);
