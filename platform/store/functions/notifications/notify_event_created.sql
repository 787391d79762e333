-- Notification of a new event.
create or replace function notify_event_created() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
begin
  perform append_notification(new.tenant, 'event_created', 'event', new.id, null, json_build_object(
    'entity_type', 'event', 'entity_id', new.id, 'id', new.id, 'trigger', new.trigger, 'trigger_ref', new.trigger_ref,
    'source', new.source, 'source_ref', new.source_ref, 'rule', new.rule, 'rule_ref', new.rule_ref,
    'has_payload', new.payload is not null, 'created', new.created)::text);
  return null;
end $$;
revoke all on function notify_event_created() from public;

create or replace trigger notify_event_created after insert on event
  for each row execute function notify_event_created();
