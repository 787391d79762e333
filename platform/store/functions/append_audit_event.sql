-- Adds a row to the audit log. `of_tenant` null: the tenant of the login, the default one for a
-- login that does not exist, which is not stored: it may be a password. The instant is that of the
-- tenant's clock, also where the statement is no part of a transaction of the tenant.
create or replace function append_audit_event(of_tenant int, of_login text, event jsonb) returns void
  language sql security definer set search_path = public, pg_temp as
$$
insert into audit_event (tenant, created, category, event_type, outcome, actor_identity, actor_login, actor_token_type, actor_ip,
  actor_user_agent, request_id, resource_type, resource_id, resource_ref, http_method, http_path, http_status, duration_ms, details)
select t.tenant, tenant_now(t.tenant), e.category, e.event_type, e.outcome, coalesce(e.actor_identity, i.id),
  coalesce(e.actor_login, i.login), e.actor_token_type, e.actor_ip, e.actor_user_agent, e.request_id, e.resource_type,
  e.resource_id, e.resource_ref, e.http_method, e.http_path, e.http_status, e.duration_ms, e.details
from jsonb_to_record(event) as e (category text, event_type text, outcome text, actor_identity bigint, actor_login text,
  actor_token_type text, actor_ip text, actor_user_agent text, request_id uuid, resource_type text, resource_id bigint,
  resource_ref text, http_method text, http_path text, http_status int, duration_ms int, details jsonb)
left join identity i on i.login = of_login
cross join lateral (select coalesce(of_tenant, i.tenant, 1) as tenant) t
$$;
select expose_function(array['append_audit_event(int, text, jsonb)']);
