-- An execution without a parent is its own root. Its id is known only at the insert.
create or replace function set_execution_root() returns trigger language plpgsql as $$
begin
  if new.root = 0 then new.root := new.id; end if;
  return new;
end $$;
revoke all on function set_execution_root() from public;

create or replace trigger set_execution_root before insert on execution
  for each row execute function set_execution_root();
