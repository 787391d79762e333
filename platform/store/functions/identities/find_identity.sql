-- Finds an identity in any tenant by its id or by its login, which is unique on the whole platform.
create or replace function find_identity(by_id bigint default null, by_login text default null)
  returns table (id bigint, tenant int, login text, display_name text, password_hash text, frozen boolean,
    session_epoch int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select i.id, i.tenant, i.login, i.display_name, i.password_hash, i.frozen or t.frozen, i.session_epoch
from identity i join tenant t on t.id = i.tenant
where i.id = coalesce(by_id, (select l.id from identity l where l.login = by_login))
$$;
select expose_function(array['find_identity(bigint,text)']);
