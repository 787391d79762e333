-- Whether this log-in was ended by itself, or the integration token that it was made with is not
-- active any more; null: a token without one.
create or replace function is_session_ended(session uuid, token_id bigint) returns boolean
  language sql stable security definer set search_path = public, pg_temp as
$$
select exists (select from ended_session where id = session)
  or (token_id is not null and not exists (select from find_integration_token(by_id => token_id) t where t.is_active))
$$;
select expose_function(array['is_session_ended(uuid, bigint)']);
