-- Finds an identity in any tenant by its login, which is unique on the whole platform.
create or replace function identity_by_login(identity_login text)
  returns table (id bigint, tenant int, login text, display_name text, password_hash text, frozen boolean,
    session_epoch int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select i.id, i.tenant, i.login, i.display_name, i.password_hash, i.frozen or t.frozen, i.session_epoch
from identity i join tenant t on t.id = i.tenant where i.login = identity_login
$$;
select expose_function(array['identity_by_login(text)']);
