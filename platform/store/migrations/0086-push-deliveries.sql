-- Executions that could not be handed over to the agent of an external worker yet. The row is
-- deleted when the agent accepts.

create table push_delivery (
  execution bigint primary key references execution on delete cascade,
  tenant int not null references tenant,
  failures int not null,
  failing_since timestamptz not null,
  next_at timestamptz not null
);
comment on table push_delivery is 'Deliveries to agents that failed, and are tried again.';
comment on column push_delivery.failing_since is 'The first of the failures: the pick-up limit counts from it.';

grant select, insert, update, delete on push_delivery to tuningfork_app;
alter table push_delivery enable row level security;
create policy own on push_delivery to tuningfork_app using (tenant = (select app_tenant()))
  with check (tenant = (select app_tenant()));
