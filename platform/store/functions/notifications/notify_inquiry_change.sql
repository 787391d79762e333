-- Notifications of a new inquiry, of its response and of its timeout.
create or replace function notify_inquiry_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
declare payload jsonb := jsonb_build_object(
  'entity_type', 'inquiry', 'entity_id', new.id, 'id', new.id, 'execution', new.execution, 'status', new.status);
begin
  if tg_op = 'INSERT' then
    perform append_notification(new.tenant, 'inquiry_created', 'inquiry', new.id, new.assigned_to,
      (payload || jsonb_build_object('timeout_at', new.timeout_at, 'created', new.created))::text);
  elsif new.status = 'responded' then
    perform append_notification(new.tenant, 'inquiry_responded', 'inquiry', new.id, new.assigned_to,
      (payload || jsonb_build_object('updated', new.updated))::text);
  elsif new.status = 'timeout' then
    perform append_notification(new.tenant, 'inquiry_timeout', 'inquiry', new.id, new.assigned_to,
      (payload || jsonb_build_object('timeout_at', new.timeout_at, 'updated', new.updated))::text);
  end if;
  return null;
end $$;
revoke all on function notify_inquiry_change() from public;

create or replace trigger notify_inquiry_created after insert on inquiry
  for each row execute function notify_inquiry_change();
create or replace trigger notify_inquiry_status after update on inquiry
  for each row when (old.status is distinct from new.status) execute function notify_inquiry_change();
