-- The changes of executions and workers, written by triggers, whatever statement makes them. The
-- application reads them only.

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
create index worker_history_newest on worker_history (time desc, id desc);
comment on column worker_history.tenant is 'Of the worker; null: all tenants see it.';

grant select on execution_history, worker_history to tuningfork_app;
select isolate_table(array['execution_history']);
alter table worker_history enable row level security;
create policy visible on worker_history for select to tuningfork_app
  using (tenant is null or tenant = (select app_tenant()));
