-- Remembers what a schema, flat or classic, declared secret; none of a tenant that is removed.
create or replace function append_former_schema(of_tenant int, of_subject text, of_ref text, former jsonb) returns void
  language plpgsql set search_path = public, pg_temp as
$$
declare secrets jsonb;
begin
  if of_tenant::text = current_setting('app.removing_tenant', true) then return; end if;
  secrets := declared_secrets(case when former->'type' = '"object"' then former
    else jsonb_build_object('properties', former, 'items', former->'items', 'secret', former->'secret') end);
  if secrets is null then return; end if;
  insert into former_schema (tenant, subject, ref, schema)
  values (of_tenant, of_subject, of_ref, secrets || '{"type": "object"}')
  on conflict do nothing;
end $$;
revoke all on function append_former_schema(int, text, text, jsonb) from public;
