-- Each execution and each change of its status, worker, times or end has a row of history. An
-- execution with an attempt ended in the statement that inserts it: it has the rows of the
-- statuses that it would have had.
create or replace function record_execution_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  -- A worker's clock stamps these two.
  started timestamptz; ended timestamptz; changed text[] := '{}'; before jsonb := '{}'; after jsonb := '{}';
begin
  if tg_op = 'DELETE' then
    if old.tenant::text = current_setting('app.removing_tenant', true) then return null; end if;
    insert into execution_history (tenant, time, operation, entity_id, entity_ref, old_values)
    values (old.tenant, tenant_now(old.tenant), 'DELETE', old.id, old.action_ref, jsonb_build_object('status', old.status));
    return null;
  end if;
  if tg_op = 'INSERT' then
    after := jsonb_build_object('action_ref', new.action_ref, 'parent', new.parent, 'enforcement', new.enforcement,
      'executor', new.executor, 'status', case when new.attempt > 0 then 'requested' else new.status end);
    if new.attempt = 0 then
      insert into execution_history (tenant, time, operation, entity_id, entity_ref, new_values)
      values (new.tenant, new.created, 'INSERT', new.id, new.action_ref, after);
      return null;
    end if;
    started := greatest(new.created, new.started_at);
    ended := greatest(started, new.finished_at);
    insert into execution_history (tenant, time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
    values
      (new.tenant, new.created, 'INSERT', new.id, new.action_ref, '{}', null, after),
      (new.tenant, new.created, 'UPDATE', new.id, new.action_ref, '{status,worker}',
        '{"status": "requested", "worker": null}', jsonb_build_object('status', 'scheduled', 'worker', new.worker)),
      (new.tenant, started, 'UPDATE', new.id, new.action_ref, '{status,started_at}',
        '{"status": "scheduled", "started_at": null}',
        jsonb_build_object('status', 'running', 'started_at', new.started_at)),
      (new.tenant, ended, 'UPDATE', new.id, new.action_ref, '{status,finished_at}',
        '{"status": "running", "finished_at": null}',
        jsonb_build_object('status', new.status, 'finished_at', new.finished_at));
    return null;
  end if;
  if new.status is distinct from old.status then
    changed := array['status'];
    before := jsonb_build_object('status', old.status);
    after := jsonb_build_object('status', new.status);
  end if;
  if new.worker is distinct from old.worker then
    changed := changed || 'worker'::text;
    before := before || jsonb_build_object('worker', old.worker);
    after := after || jsonb_build_object('worker', new.worker);
  end if;
  if new.started_at is distinct from old.started_at then
    changed := changed || 'started_at'::text;
    before := before || jsonb_build_object('started_at', old.started_at);
    after := after || jsonb_build_object('started_at', new.started_at);
  end if;
  if new.finished_at is distinct from old.finished_at then
    changed := changed || 'finished_at'::text;
    before := before || jsonb_build_object('finished_at', old.finished_at);
    after := after || jsonb_build_object('finished_at', new.finished_at);
  end if;
  if new.termination_reason is distinct from old.termination_reason then
    changed := changed || 'termination_reason'::text;
    before := before || jsonb_build_object('termination_reason', old.termination_reason);
    after := after || jsonb_build_object('termination_reason', new.termination_reason);
  end if;
  insert into execution_history (tenant, time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
  values (new.tenant, tenant_now(new.tenant), 'UPDATE', new.id, new.action_ref, changed, before, after);
  return null;
end $$;
revoke all on function record_execution_history() from public;

create or replace trigger record_execution_history after insert or delete on execution
  for each row execute function record_execution_history();
create or replace trigger record_execution_change after update on execution
  for each row when ((old.status, old.worker, old.started_at, old.finished_at, old.termination_reason)
    is distinct from (new.status, new.worker, new.started_at, new.finished_at, new.termination_reason))
  execute function record_execution_history();
