-- Notifications of a new execution and of each change of its status. An execution with an attempt
-- ended in the statement that inserts it: subscribers receive the changes that it would have had.
create or replace function notify_execution_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  workflow bigint;
  shown execution := new;
begin
  if tg_op = 'INSERT' then
    if new.attempt > 0 then
      shown.status := 'requested';
      shown.started_at := null;
      shown.finished_at := null;
    end if;
    perform append_notification(new.tenant, 'execution_created', 'execution', new.id, new.executor,
      execution_notification_json(shown, null));
    if new.attempt > 0 then
      shown.status := 'scheduled';
      perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
        execution_notification_json(shown, 'requested'));
      shown.status := 'running';
      shown.started_at := new.started_at;
      perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
        execution_notification_json(shown, 'scheduled'));
      perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
        execution_notification_json(new, 'running'));
    end if;
    return null;
  end if;
  perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
    execution_notification_json(new, old.status));
  -- A workflow has no worker; an action has none before it is scheduled.
  if new.worker is null then
    select a.workflow_def into workflow from action a where a.id = new.action and a.workflow_def is not null;
    if workflow is not null then
      perform append_notification(new.tenant, 'workflow_execution_status_changed', 'execution', new.id, new.executor, json_build_object(
        'entity_type', 'execution', 'entity_id', new.id, 'id', new.id, 'action_ref', new.action_ref, 'status', new.status,
        'old_status', old.status, 'workflow_def', workflow, 'parent', new.parent,
        'created', new.created, 'updated', new.updated)::text);
    end if;
  end if;
  return null;
end $$;
revoke all on function notify_execution_change() from public;

create or replace trigger notify_execution_created after insert on execution
  for each row execute function notify_execution_change();
create or replace trigger notify_execution_status after update on execution
  for each row when (old.status is distinct from new.status) execute function notify_execution_change();
