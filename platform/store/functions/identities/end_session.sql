-- Ends one log-in of an identity; its open connections are checked again.
create or replace function end_session(identity_id bigint, session uuid, seconds double precision) returns void
  language sql security definer set search_path = public, pg_temp as
$$
insert into ended_session (id, expires_at) values (session, platform_now() + seconds * interval '1 s')
on conflict (id) do nothing;
update identity set updated = tenant_now(tenant) where id = identity_id
$$;
select expose_function(array['end_session(bigint, uuid, double precision)']);
