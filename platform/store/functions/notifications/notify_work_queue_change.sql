-- Notifications of a new work queue and of each change of it.
create or replace function notify_work_queue_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
begin
  perform append_notification(new.tenant,
    case tg_op when 'INSERT' then 'work_queue_created' else 'work_queue_updated' end, 'work_queue', new.id, null,
    json_build_object('entity_type', 'work_queue', 'entity_id', new.id, 'id', new.id, 'ref', new.ref,
      'pack_ref', new.pack_ref, 'is_adhoc', new.pack is null, 'label', new.label, 'enabled', new.enabled,
      'dispatch_action_ref', new.dispatch_action_ref, 'default_priority', new.default_priority,
      'allow_pending_update', new.allow_pending_update, 'update_strategy', new.update_strategy,
      'batch_mode', new.batch_mode, 'created', new.created, 'updated', new.updated)::text);
  return null;
end $$;
revoke all on function notify_work_queue_change() from public;

create or replace trigger notify_work_queue_created after insert on work_queue
  for each row execute function notify_work_queue_change();
create or replace trigger notify_work_queue_updated after update on work_queue
  for each row when (old.updated is distinct from new.updated) execute function notify_work_queue_change();
