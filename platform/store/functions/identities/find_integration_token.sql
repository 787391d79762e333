-- Finds an integration token in any tenant by its id or by the SHA-256 of its secret.
create or replace function find_integration_token(by_id bigint default null, by_hash text default null)
  returns table (id bigint, tenant int, identity bigint, is_active boolean, expires_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as
$$
select t.id, t.tenant, t.identity, t.revoked_at is null and (t.expires_at is null or t.expires_at > tenant_now(t.tenant)),
  t.expires_at
from integration_token t
where t.id = coalesce(by_id, (select h.id from integration_token h where h.token_hash = by_hash))
$$;
select expose_function(array['find_integration_token(bigint,text)']);
