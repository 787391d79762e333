-- Who did what, from where, with which outcome. The application adds rows by a function and reads
-- them; it can change none.

create table audit_event (
  id bigint generated always as identity primary key,
  tenant int not null references tenant,
  created timestamptz not null default platform_now(),
  category text not null check (category in ('api', 'auth', 'rbac', 'secret', 'admin', 'execution', 'pack')),
  event_type text not null,
  outcome text not null check (outcome in ('success', 'failure', 'denied')),
  actor_identity bigint,
  actor_login text,
  actor_token_type text,
  actor_ip text,
  actor_user_agent text,
  request_id uuid,
  resource_type text,
  resource_id bigint,
  resource_ref text,
  http_method text,
  http_path text,
  http_status int,
  duration_ms int,
  details jsonb,
  correlation_chain jsonb
);
comment on column audit_event.actor_identity is 'It may have been deleted. Null: no caller was authenticated.';
create index audit_event_newest on audit_event (tenant, created desc, id desc);
create index audit_event_of_request on audit_event (request_id);

grant select on audit_event to tuningfork_app;
select isolate_table(array['audit_event']);
