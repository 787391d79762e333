-- What changed, and who did what. Triggers write the changes, whatever statement makes them, and
-- a function the audit events; the application only reads both.

create table execution_history (
  id bigint generated always as identity,
  tenant int not null references tenant,
  time timestamptz not null,
  operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  entity_id bigint not null,
  entity_ref text,
  changed_fields text[] not null default '{}',
  old_values jsonb,
  new_values jsonb,
  primary key (entity_id, id)
);
create index execution_history_newest on execution_history (tenant, time desc, id desc);
grant select on execution_history to tuningfork_app;
select isolate_table(array['execution_history']);

create table worker_history (
  id bigint generated always as identity,
  tenant int references tenant,
  time timestamptz not null,
  operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  entity_id bigint not null,
  entity_ref text,
  changed_fields text[] not null default '{}',
  old_values jsonb,
  new_values jsonb,
  primary key (entity_id, id)
);
comment on column worker_history.tenant is 'Of the worker; null: all tenants see it.';
create index worker_history_newest on worker_history (time desc, id desc);
grant select on worker_history to tuningfork_app;
alter table worker_history enable row level security;
create policy visible on worker_history for select to tuningfork_app
  using (tenant is null or tenant = (select app_tenant()));

create table rule_history (
  id bigint generated always as identity,
  tenant int not null references tenant,
  time timestamptz not null,
  operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  entity_id bigint not null,
  entity_ref text,
  changed_fields text[] not null default '{}',
  old_values jsonb,
  new_values jsonb,
  primary key (entity_id, id)
);
create table key_history (like rule_history including all, foreign key (tenant) references tenant);
create table sensor_process_history (like rule_history including all, foreign key (tenant) references tenant);
create index rule_history_newest on rule_history (tenant, time desc, id desc);
create index key_history_newest on key_history (tenant, time desc, id desc);
create index sensor_process_history_newest on sensor_process_history (tenant, time desc, id desc);
grant select on rule_history, key_history, sensor_process_history to tuningfork_app;
select isolate_table(array['rule_history', 'key_history', 'sensor_process_history']);

-- Who did what, from where, with which outcome.
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
