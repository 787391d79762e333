-- Each change of the state of a worker of a tenant has one entry in the log, whatever statement
-- makes it. Platforms are notified of those whose processes they run.
create or replace function log_worker_state() returns trigger language plpgsql as $$
begin
  insert into execution_event (tenant, created_at, worker, type, payload) values (new.tenant, tenant_now(new.tenant), new.id, 'WORKER_STATE_CHANGED',
    jsonb_build_object('from', case when tg_op = 'UPDATE' then old.state end, 'to', new.state, 'cause', new.state_cause)
      || jsonb_strip_nulls(jsonb_build_object('detail', new.state_detail)));
  if new.kind = 'managed' then perform pg_notify('tuningfork_worker', '{"states": true}'); end if;
  return null;
end $$;
revoke all on function log_worker_state() from public;

create or replace trigger log_first_worker_state after insert on worker
  for each row when (new.state is not null) execute function log_worker_state();
create or replace trigger log_worker_state after update on worker
  for each row when (new.state is distinct from old.state) execute function log_worker_state();
