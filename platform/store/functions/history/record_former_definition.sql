-- The parameters that a workflow's definition declared secret: its action takes them.
create or replace function record_former_definition() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform append_former_schema(old.tenant, 'action', old.ref, old.definition::jsonb->'parameters');
  return null;
end $$;
revoke all on function record_former_definition() from public;

create or replace trigger record_former_definition after update of definition or delete on workflow_definition
  for each row execute function record_former_definition();
