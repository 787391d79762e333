-- Each worker and each change of what worker_history_values shows has a row of history: a
-- heartbeat changes none of that.
create or replace function record_worker_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare before jsonb; after jsonb;
begin
  if tg_op <> 'INSERT' then before := worker_history_values(old); end if;
  if tg_op <> 'DELETE' then after := worker_history_values(new); end if;
  perform append_history('worker_history', coalesce(new.tenant, old.tenant), tg_op, coalesce(new.id, old.id),
    coalesce(new.name, old.name), before, after, '{}');
  return null;
end $$;
revoke all on function record_worker_history() from public;

create or replace trigger record_worker_history after insert or delete on worker
  for each row execute function record_worker_history();
create or replace trigger record_worker_change after update on worker
  for each row when ((old.name, old.kind, old.worker_type, old.worker_role, old.host, old.port, old.status, old.state,
      old.state_cause, old.cordoned, old.cordon_reason, old.slots, old.queue_limit, old.runtime, old.runtimes,
      old.capabilities, old.labels, old.delivery_mode)
    is distinct from (new.name, new.kind, new.worker_type, new.worker_role, new.host, new.port, new.status, new.state,
      new.state_cause, new.cordoned, new.cordon_reason, new.slots, new.queue_limit, new.runtime, new.runtimes,
      new.capabilities, new.labels, new.delivery_mode))
  execute function record_worker_history();
