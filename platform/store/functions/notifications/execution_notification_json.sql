-- The payload of a notification of an execution. `old_status`: null for a new one.
create or replace function execution_notification_json(e execution, old_status text) returns text language sql stable as $$
  select (jsonb_build_object(
    'entity_type', 'execution', 'entity_id', e.id, 'id', e.id, 'action_id', e.action, 'action_ref', e.action_ref,
    'status', e.status, 'enforcement', e.enforcement, 'rule_ref', e.rule_ref, 'trigger_ref', e.trigger_ref,
    'parent', e.parent, 'started_at', e.started_at,
    'workflow_task', case when e.task_name is not null then workflow_task_json(e) end,
    'created', e.created, 'updated', e.updated)
    || case when old_status is null then '{}' else jsonb_build_object('old_status', old_status) end)::text
$$;
revoke all on function execution_notification_json(execution, text) from public;
