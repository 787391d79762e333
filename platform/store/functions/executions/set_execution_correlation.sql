-- An execution has the correlation id of its parent. An insert must not slow down as the table
-- grows. The plan of a statement in a trigger is made once for each connection, on a new
-- database while the table is empty and every index costs the same, so that it may read all rows
-- of the tenant. Who inserts a child therefore passes the correlation id on, and an execution
-- that starts a chain needs no lookup.
create or replace function set_execution_correlation() returns trigger language plpgsql as $$
begin
  if new.correlation_id <> '' then return new; end if;
  if new.parent is not null then
    select p.correlation_id into new.correlation_id from execution p where p.id = new.parent;
  end if;
  if coalesce(new.correlation_id, '') = '' then new.correlation_id := 'execution:' || new.id; end if;
  return new;
end $$;
revoke all on function set_execution_correlation() from public;

create or replace trigger set_execution_correlation before insert on execution
  for each row execute function set_execution_correlation();
