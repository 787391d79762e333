-- The notifications of subscribers. Row triggers write them, also for a plain SQL update; the
-- notifier reads them by snapshot (docs/decisions/notification-feed.md), publishes them to its
-- sockets and to the channels of the contract, and deletes them seconds later.

create unlogged table notification_log (
  seq bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  tenant int not null,
  type text not null,
  entity_type text not null,
  entity bigint not null,
  owner bigint,
  payload text not null,
  created timestamptz not null default platform_now()
);
comment on table notification_log is
  'Unlogged: a crash of the server also ends every subscription, and nothing is published twice.';
comment on column notification_log.seq is
  'Order within an entity: the first of two changes locks its row before the second gets its number.';
comment on column notification_log.owner is
  'Executor of an execution, assignee of an inquiry: needed to decide who may read it.';
create index notification_log_by_xid on notification_log (xid);
-- No policy: the application writes through the triggers alone and cannot read.
alter table notification_log enable row level security;

-- Notifies the notifier when it sleeps. A sleeping notifier holds the advisory lock, shared; one
-- that polls needs no notification, and NOTIFY makes transactions commit one after the other.
-- When another writer tries the lock at the same moment, one notification too many is sent.
create function ring_notifier() returns void language plpgsql as $$
begin
  if pg_try_advisory_lock(7041985) then
    perform pg_advisory_unlock(7041985);
  else
    perform pg_notify('tuningfork_notifier', '');
  end if;
end $$;

create function tell(tenant int, type text, entity_type text, entity bigint, owner bigint, payload text) returns void
  language plpgsql as $$
begin
  insert into notification_log (tenant, type, entity_type, entity, owner, payload)
  values (tenant, type, entity_type, entity, owner, payload);
  perform ring_notifier();
end $$;

create function execution_task(e execution) returns json language sql stable as $$
  select case when e.workflow_execution is null or e.task_name is null then null else json_strip_nulls(json_build_object(
    'workflow_execution', e.workflow_execution, 'task_name', e.task_name, 'triggered_by', e.triggered_by,
    'task_index', e.task_index, 'retry_count', e.retry_count, 'max_retries', coalesce(e.task_retries, 0),
    'next_retry_at', e.due_at, 'timeout_seconds', e.timeout_seconds, 'timed_out', e.timed_out,
    'started_at', e.started_at, 'completed_at', e.finished_at)) end
$$;

create function tell_execution() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare workflow bigint;
begin
  if tg_op = 'INSERT' then
    perform tell(new.tenant, 'execution_created', 'execution', new.id, new.executor, json_build_object(
      'entity_type', 'execution', 'entity_id', new.id, 'id', new.id, 'action_id', new.action, 'action_ref', new.action_ref,
      'status', new.status, 'enforcement', new.enforcement, 'rule_ref', new.rule_ref, 'trigger_ref', new.trigger_ref,
      'parent', new.parent, 'started_at', new.started_at,
      'workflow_task', case when new.task_name is not null then execution_task(new) end,
      'created', new.created, 'updated', new.updated)::text);
    return null;
  end if;
  perform tell(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor, json_build_object(
    'entity_type', 'execution', 'entity_id', new.id, 'id', new.id, 'action_id', new.action, 'action_ref', new.action_ref,
    'status', new.status, 'old_status', old.status, 'enforcement', new.enforcement, 'rule_ref', new.rule_ref,
    'trigger_ref', new.trigger_ref, 'parent', new.parent, 'started_at', new.started_at,
    'workflow_task', case when new.task_name is not null then execution_task(new) end,
    'created', new.created, 'updated', new.updated)::text);
  -- A workflow has no worker; an action has none before it is scheduled.
  if new.worker is null then
    select a.workflow_def into workflow from action a where a.id = new.action and a.workflow_def is not null;
    if workflow is not null then
      perform tell(new.tenant, 'workflow_execution_status_changed', 'execution', new.id, new.executor, json_build_object(
        'entity_type', 'execution', 'entity_id', new.id, 'id', new.id, 'action_ref', new.action_ref, 'status', new.status,
        'old_status', old.status, 'workflow_def', workflow, 'parent', new.parent,
        'created', new.created, 'updated', new.updated)::text);
    end if;
  end if;
  return null;
end $$;
create trigger tell_execution_created after insert on execution for each row execute function tell_execution();
create trigger tell_execution_status after update on execution for each row
  when (old.status is distinct from new.status) execute function tell_execution();

create function tell_event() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
begin
  perform tell(new.tenant, 'event_created', 'event', new.id, null, json_build_object(
    'entity_type', 'event', 'entity_id', new.id, 'id', new.id, 'trigger', new.trigger, 'trigger_ref', new.trigger_ref,
    'source', new.source, 'source_ref', new.source_ref, 'rule', new.rule, 'rule_ref', new.rule_ref,
    'has_payload', new.payload is not null, 'created', new.created)::text);
  return null;
end $$;
create trigger tell_event_created after insert on event for each row execute function tell_event();

create function tell_enforcement() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare about jsonb := jsonb_build_object(
  'entity_type', 'enforcement', 'entity_id', new.id, 'id', new.id, 'rule', new.rule, 'rule_ref', new.rule_ref,
  'trigger_ref', new.trigger_ref, 'event', new.event, 'status', new.status, 'condition', new.condition,
  'created', new.created, 'resolved_at', new.resolved_at);
begin
  if tg_op = 'INSERT' then
    perform tell(new.tenant, 'enforcement_created', 'enforcement', new.id, null, about::text);
  else
    perform tell(new.tenant, 'enforcement_status_changed', 'enforcement', new.id, null,
      (about || jsonb_build_object('old_status', old.status))::text);
  end if;
  return null;
end $$;
create trigger tell_enforcement_created after insert on enforcement for each row execute function tell_enforcement();
create trigger tell_enforcement_status after update on enforcement for each row
  when (old.status is distinct from new.status) execute function tell_enforcement();

create function tell_inquiry() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare about jsonb := jsonb_build_object(
  'entity_type', 'inquiry', 'entity_id', new.id, 'id', new.id, 'execution', new.execution, 'status', new.status);
begin
  if tg_op = 'INSERT' then
    perform tell(new.tenant, 'inquiry_created', 'inquiry', new.id, new.assigned_to,
      (about || jsonb_build_object('timeout_at', new.timeout_at, 'created', new.created))::text);
  elsif new.status = 'responded' then
    perform tell(new.tenant, 'inquiry_responded', 'inquiry', new.id, new.assigned_to,
      (about || jsonb_build_object('updated', new.updated))::text);
  elsif new.status = 'timeout' then
    perform tell(new.tenant, 'inquiry_timeout', 'inquiry', new.id, new.assigned_to,
      (about || jsonb_build_object('timeout_at', new.timeout_at, 'updated', new.updated))::text);
  end if;
  return null;
end $$;
create trigger tell_inquiry_created after insert on inquiry for each row execute function tell_inquiry();
create trigger tell_inquiry_status after update on inquiry for each row
  when (old.status is distinct from new.status) execute function tell_inquiry();

create function tell_rule() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
begin
  perform tell(new.tenant, 'rule_updated', 'rule', new.id, null, json_build_object(
    'entity_type', 'rule', 'entity_id', new.id, 'id', new.id, 'ref', new.ref, 'pack_ref', new.pack_ref,
    'trigger_ref', new.trigger_ref, 'action_ref', new.action_ref, 'enabled', new.enabled, 'old_enabled', old.enabled,
    'created', new.created, 'updated', new.updated)::text);
  return null;
end $$;
create trigger tell_rule_state after update on rule for each row
  when (old.enabled is distinct from new.enabled) execute function tell_rule();

-- Permission changes are in the same feed, so that they keep the order of the commits; entity 0:
-- all identities.
create function tell_rights() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  about jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  tenant int := coalesce((about ->> 'tenant')::int, (about ->> 'id')::int);
begin
  perform tell(tenant, 'rights_changed', 'rights',
    case tg_argv[0] when 'self' then (about ->> 'id')::bigint when 'identity' then (about ->> 'identity')::bigint else 0 end,
    null, '');
  return null;
end $$;
create trigger tell_rights after update or delete on identity for each row execute function tell_rights('self');
create trigger tell_rights after insert or update or delete on permission_assignment
  for each row execute function tell_rights('identity');
create trigger tell_rights after insert or update or delete on identity_role
  for each row execute function tell_rights('identity');
create trigger tell_rights after insert or update or delete on permission_set_role
  for each row execute function tell_rights('all');
create trigger tell_rights after update or delete on permission_set for each row execute function tell_rights('all');
create trigger tell_rights after update on tenant for each row execute function tell_rights('all');

do $$
declare f text;
begin
  foreach f in array array['ring_notifier()', 'tell(int, text, text, bigint, bigint, text)', 'execution_task(execution)',
    'tell_execution()', 'tell_event()', 'tell_enforcement()', 'tell_inquiry()', 'tell_rule()', 'tell_rights()']
  loop
    execute format('revoke all on function %s from public', f);
  end loop;
end $$;
