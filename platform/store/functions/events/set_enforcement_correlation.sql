-- An enforcement has the correlation id of its event.
create or replace function set_enforcement_correlation() returns trigger language plpgsql as $$
begin
  if new.correlation_id = '' then
    new.correlation_id := coalesce((select e.correlation_id from event e where e.id = new.event), 'enforcement:' || new.id);
  end if;
  return new;
end $$;
revoke all on function set_enforcement_correlation() from public;

create or replace trigger set_enforcement_correlation before insert on enforcement
  for each row execute function set_enforcement_correlation();
