-- Notification of a rule that was enabled or disabled.
create or replace function notify_rule_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
begin
  perform append_notification(new.tenant, 'rule_updated', 'rule', new.id, null, json_build_object(
    'entity_type', 'rule', 'entity_id', new.id, 'id', new.id, 'ref', new.ref, 'pack_ref', new.pack_ref,
    'trigger_ref', new.trigger_ref, 'action_ref', new.action_ref, 'enabled', new.enabled, 'old_enabled', old.enabled,
    'created', new.created, 'updated', new.updated)::text);
  return null;
end $$;
revoke all on function notify_rule_change() from public;

create or replace trigger notify_rule_state after update on rule
  for each row when (old.enabled is distinct from new.enabled) execute function notify_rule_change();
