-- The parameters and payloads that a trigger declared secret.
create or replace function record_former_trigger() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform append_former_schema(old.tenant, 'trigger', old.ref, old.param_schema::jsonb);
  perform append_former_schema(old.tenant, 'payload', old.ref, old.out_schema::jsonb);
  return null;
end $$;
revoke all on function record_former_trigger() from public;

create or replace trigger record_former_trigger after update of param_schema, out_schema or delete on trigger
  for each row execute function record_former_trigger();
