-- Whether this log-in was ended by itself; null: a token without one.
create or replace function is_session_ended(session uuid) returns boolean
  language sql stable security definer set search_path = public, pg_temp as
$$
select exists (select from ended_session where id = session)
$$;
select expose_function(array['is_session_ended(uuid)']);
