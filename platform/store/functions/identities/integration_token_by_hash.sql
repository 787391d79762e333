-- Finds an integration token in any tenant by the SHA-256 of its secret.
create or replace function integration_token_by_hash(secret_hash text)
  returns table (id bigint, tenant int, identity bigint, is_active boolean)
  language sql stable security definer set search_path = public, pg_temp as
$$
select t.id, t.tenant, t.identity, t.revoked_at is null and (t.expires_at is null or t.expires_at > tenant_now(t.tenant))
from integration_token t where t.token_hash = secret_hash
$$;
select expose_function(array['integration_token_by_hash(text)']);
