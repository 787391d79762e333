-- The parameters that an action declared secret.
create or replace function record_former_action() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform append_former_schema(old.tenant, 'action', old.ref, old.param_schema::jsonb);
  return null;
end $$;
revoke all on function record_former_action() from public;

create or replace trigger record_former_action after update of param_schema or delete on action
  for each row execute function record_former_action();
