-- Whether a log-in succeeded from this address before.
create or replace function is_usual_address(address text) returns boolean
  language sql stable security definer set search_path = public, pg_temp as
$$
select exists (select from usual_address where name = address and expires_at > platform_now())
$$;
select expose_function(array['is_usual_address(text)']);
