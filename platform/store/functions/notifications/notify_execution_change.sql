-- Notifications of a new execution and of each change of its status.
create or replace function notify_execution_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare workflow bigint;
begin
  if tg_op = 'INSERT' then
    perform append_notification(new.tenant, 'execution_created', 'execution', new.id, new.executor, json_build_object(
      'entity_type', 'execution', 'entity_id', new.id, 'id', new.id, 'action_id', new.action, 'action_ref', new.action_ref,
      'status', new.status, 'enforcement', new.enforcement, 'rule_ref', new.rule_ref, 'trigger_ref', new.trigger_ref,
      'parent', new.parent, 'started_at', new.started_at,
      'workflow_task', case when new.task_name is not null then workflow_task_json(new) end,
      'created', new.created, 'updated', new.updated)::text);
    return null;
  end if;
  perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor, json_build_object(
    'entity_type', 'execution', 'entity_id', new.id, 'id', new.id, 'action_id', new.action, 'action_ref', new.action_ref,
    'status', new.status, 'old_status', old.status, 'enforcement', new.enforcement, 'rule_ref', new.rule_ref,
    'trigger_ref', new.trigger_ref, 'parent', new.parent, 'started_at', new.started_at,
    'workflow_task', case when new.task_name is not null then workflow_task_json(new) end,
    'created', new.created, 'updated', new.updated)::text);
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
