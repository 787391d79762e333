-- Finds the enabled trigger of a webhook key in any tenant. A revoked key and an unknown one
-- both give no row.
create or replace function trigger_by_webhook_key(key text) returns table (trigger bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select t.id, t.tenant from trigger t join tenant w on w.id = t.tenant
where t.webhook_key = key and t.webhook_enabled and t.enabled and not w.frozen
$$;
select expose_function(array['trigger_by_webhook_key(text)']);
