-- Remembers a deleted action whose executions still have its id. Clearing them at once would make
-- a delete wait for each open execution, and write each finished one.
create or replace function record_removed_action() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into removed_action (action, tenant, action_ref) values (old.id, old.tenant, old.ref);
  return null;
end $$;
revoke all on function record_removed_action() from public;

create or replace trigger record_removed_action after delete on action
  for each row execute function record_removed_action();
