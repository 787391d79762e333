-- Appends a notification for subscribers in the transaction that caused it.
create or replace function append_notification(tenant int, type text, entity_type text, entity bigint, owner bigint, payload text) returns void
  language plpgsql as $$
begin
  insert into notification_log (tenant, type, entity_type, entity, owner, payload, created)
  values (tenant, type, entity_type, entity, owner, payload, tenant_now(tenant));
  perform wake_notifier();
end $$;
revoke all on function append_notification(int, text, text, bigint, bigint, text) from public;
