-- Notifications of a new artifact and of each change of it. Logs of executions notify no one: their
-- artifacts change with the end of every execution, which has a notification of its own.
create or replace function notify_artifact_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare
  payload jsonb := jsonb_build_object('entity_type', 'artifact', 'entity_id', new.id, 'id', new.id, 'ref', new.ref,
    'type', new.type, 'visibility', new.visibility, 'name', new.name, 'scope', new.scope, 'owner', new.owner,
    'content_type', new.content_type, 'size_bytes', new.size_bytes, 'created', new.created);
  entries jsonb := case when new.type = 'progress' and jsonb_typeof(new.data) = 'array' then new.data end;
begin
  if tg_op = 'INSERT' then
    perform append_notification(new.tenant, 'artifact_created', 'artifact', new.id, null, payload::text);
  else
    perform append_notification(new.tenant, 'artifact_updated', 'artifact', new.id, null,
      (payload || jsonb_build_object('updated', new.updated, 'progress_percent', entries -> -1 -> 'percent',
        'progress_message', entries -> -1 -> 'message', 'progress_entries', jsonb_array_length(entries)))::text);
  end if;
  return null;
end $$;
revoke all on function notify_artifact_change() from public;

create or replace trigger notify_artifact_created after insert on artifact
  for each row when (not new.of_logs) execute function notify_artifact_change();
create or replace trigger notify_artifact_updated after update on artifact
  for each row when (not new.of_logs and old.updated is distinct from new.updated) execute function notify_artifact_change();
