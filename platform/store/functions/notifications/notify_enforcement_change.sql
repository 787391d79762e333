-- Notifications of a new enforcement and of each change of its status.
create or replace function notify_enforcement_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare payload jsonb := jsonb_build_object(
  'entity_type', 'enforcement', 'entity_id', new.id, 'id', new.id, 'rule', new.rule, 'rule_ref', new.rule_ref,
  'trigger_ref', new.trigger_ref, 'event', new.event, 'status', new.status, 'condition', new.condition,
  'created', new.created, 'resolved_at', new.resolved_at);
begin
  if tg_op = 'INSERT' then
    perform append_notification(new.tenant, 'enforcement_created', 'enforcement', new.id, null, payload::text);
  else
    perform append_notification(new.tenant, 'enforcement_status_changed', 'enforcement', new.id, null,
      (payload || jsonb_build_object('old_status', old.status))::text);
  end if;
  return null;
end $$;
revoke all on function notify_enforcement_change() from public;

create or replace trigger notify_enforcement_created after insert on enforcement
  for each row execute function notify_enforcement_change();
create or replace trigger notify_enforcement_status after update on enforcement
  for each row when (old.status is distinct from new.status) execute function notify_enforcement_change();
