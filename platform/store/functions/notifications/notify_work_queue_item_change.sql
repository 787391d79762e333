-- Notifications of a new item of a work queue and of each change of it.
create or replace function notify_work_queue_item_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare payload jsonb := jsonb_build_object(
  'entity_type', 'work_queue_item', 'entity_id', new.id, 'id', new.id, 'queue', new.queue, 'queue_ref', new.queue_ref,
  'item_key', new.item_key, 'priority', new.priority, 'status', new.status, 'enqueue_source', new.enqueue_source,
  'requested_by_identity', new.requested_by_identity, 'requested_by_execution', new.requested_by_execution,
  'requested_by_enforcement', new.requested_by_enforcement, 'leased_execution', new.leased_execution,
  'lease_expires_at', new.lease_expires_at, 'attempt_count', new.attempt_count,
  'created', new.created, 'updated', new.updated);
begin
  if tg_op = 'INSERT' then
    perform append_notification(new.tenant, 'work_queue_item_created', 'work_queue_item', new.id, null, payload::text);
  else
    perform append_notification(new.tenant, 'work_queue_item_updated', 'work_queue_item', new.id, null,
      (payload || jsonb_build_object('old_status', old.status))::text);
  end if;
  return null;
end $$;
revoke all on function notify_work_queue_item_change() from public;

create or replace trigger notify_work_queue_item_created after insert on work_queue_item
  for each row execute function notify_work_queue_item_change();
create or replace trigger notify_work_queue_item_updated after update on work_queue_item
  for each row execute function notify_work_queue_item_change();
