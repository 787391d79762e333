-- Counts a login attempt before its password is checked, so that concurrent attempts all count.
-- Returns the seconds until the next attempt is allowed; null when this one is.
create or replace function count_login_attempt(names text[], max_attempts int, window_seconds double precision) returns double precision
  language sql security definer set search_path = public, pg_temp as
$$
with counted as (
  insert into failed_login as f (name, tries, ends_at)
  select name, 1, platform_now() + window_seconds * interval '1 s' from unnest(names) as name order by name
  on conflict (name) do update set
    tries = case when f.ends_at > platform_now() then f.tries + 1 else 1 end,
    ends_at = case when f.ends_at > platform_now() then f.ends_at else excluded.ends_at end
  returning tries, ends_at
)
select extract(epoch from max(ends_at) - platform_now())::double precision from counted where tries > max_attempts
$$;
select expose_function(array['count_login_attempt(text[], int, double precision)']);
