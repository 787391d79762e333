-- Finds an identity in any tenant.
create or replace function identity_by_id(identity_id bigint)
  returns table (id bigint, tenant int, login text, display_name text, password_hash text, frozen boolean,
    session_epoch int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select i.id, i.tenant, i.login, i.display_name, i.password_hash, i.frozen or t.frozen, i.session_epoch
from identity i join tenant t on t.id = i.tenant where i.id = identity_id
$$;
select expose_function(array['identity_by_id(bigint)']);
