-- The payload of a notification of an execution for readers that see some statuses as `running`.
-- Null: they see no change.
create or replace function shown_notification(payload text, shown_as_running text[]) returns text
  language sql immutable as $$
  select case
    when shown.status = stored.status and shown.old_status is not distinct from stored.old_status then shown_notification.payload
    when shown.status is distinct from shown.old_status then (shown_notification.payload::jsonb
      || jsonb_strip_nulls(jsonb_build_object('status', shown.status, 'old_status', shown.old_status)))::text
  end
  from json_to_record(shown_notification.payload::json) as stored (status text, old_status text),
    lateral (select case when stored.status = any (shown_as_running) then 'running' else stored.status end as status,
      case when stored.old_status = any (shown_as_running) then 'running' else stored.old_status end as old_status) shown
$$;
revoke all on function shown_notification(text, text[]) from public;
