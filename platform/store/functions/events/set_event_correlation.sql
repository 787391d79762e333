-- A chain is named after the event or execution that started it; all that results from it has
-- the same correlation id.
create or replace function set_event_correlation() returns trigger language plpgsql as $$
begin
  if new.correlation_id = '' then new.correlation_id := 'event:' || new.id; end if;
  return new;
end $$;
revoke all on function set_event_correlation() from public;

create or replace trigger set_event_correlation before insert on event
  for each row execute function set_event_correlation();
