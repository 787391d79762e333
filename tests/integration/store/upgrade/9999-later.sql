-- A migration after the baseline: a column that existing rows get, a table, and another value of a status.
alter table execution add column summary text;
update execution set summary = action_ref || ' ' || status;
alter table execution alter column summary set not null, alter column summary set default '';
create table execution_note (
  execution bigint primary key references execution on delete cascade,
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  note text not null
);
insert into execution_note (execution, tenant, note) select id, tenant, 'attempt ' || attempt from execution;
grant select on execution_note to tuningfork_app;
select isolate_table(array['execution_note']);
alter table inquiry drop constraint inquiry_status_check;
alter table inquiry add constraint inquiry_status_check
  check (status in ('pending', 'responded', 'timeout', 'cancelled', 'withdrawn'));
