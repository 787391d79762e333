-- The status of an external worker follows its state, whatever statement changes it.
create or replace function set_status_of_worker_state() returns trigger language plpgsql as $$
begin
  new.status := case when new.state = 'online' then 'active' else 'inactive' end;
  return new;
end $$;
revoke all on function set_status_of_worker_state() from public;

create or replace trigger set_status_of_worker_state before insert or update on worker
  for each row when (new.state is not null) execute function set_status_of_worker_state();
