-- The log is append-only. Its rows are deleted only together with their tenant, after the
-- executions that they are about, or, of the states of a worker, before a later one of it; the
-- table is never truncated.
create or replace function reject_execution_event_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.tenant::text = current_setting('app.removing_tenant', true) then return old; end if;
  if tg_op = 'DELETE' and old.root::text = any(string_to_array(current_setting('app.removed_roots', true), ','))
    and not exists (select from execution where root = old.root) then return old; end if;
  if tg_op = 'DELETE' and old.type = 'WORKER_STATE_CHANGED' and old.root is null
    and old.worker::text = any(string_to_array(current_setting('app.expired_states_of', true), ','))
    and exists (select from execution_event later where later.worker = old.worker and later.type = old.type
      and (later.created_at, later.seq) > (old.created_at, old.seq)) then return old; end if;
  raise exception 'EVENT_LOG_APPEND_ONLY: execution_event is append-only: % is refused', tg_op
    using hint = 'append a row; rows expire with what they are about';
end $$;
revoke all on function reject_execution_event_change() from public;

create or replace trigger reject_execution_event_change before update or delete on execution_event
  for each row execute function reject_execution_event_change();
create or replace trigger reject_execution_event_truncation before truncate on execution_event
  for each statement execute function reject_execution_event_change();
