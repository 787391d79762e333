-- Finds an integration token in any tenant.
create or replace function integration_token_by_id(token_id bigint)
  returns table (id bigint, tenant int, identity bigint, is_active boolean)
  language sql stable security definer set search_path = public, pg_temp as
$$
select t.id, t.tenant, t.identity, t.revoked_at is null and (t.expires_at is null or t.expires_at > tenant_now(t.tenant))
from integration_token t where t.id = token_id
$$;
select expose_function(array['integration_token_by_id(bigint)']);
