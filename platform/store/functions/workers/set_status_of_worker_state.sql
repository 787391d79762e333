-- The status of a worker of a tenant follows its state, whatever statement changes it; a detail
-- belongs to one change.
create or replace function set_status_of_worker_state() returns trigger language plpgsql as $$
begin
  new.status := case when new.state = 'online' then 'active' else 'inactive' end;
  if tg_op = 'INSERT' or new.state is distinct from old.state then
    new.state_changed_at := liveness_now();
    if tg_op = 'UPDATE' and new.state_detail is not distinct from old.state_detail then new.state_detail := null; end if;
  end if;
  return new;
end $$;
revoke all on function set_status_of_worker_state() from public;

create or replace trigger set_status_of_worker_state before insert or update on worker
  for each row when (new.state is not null) execute function set_status_of_worker_state();
