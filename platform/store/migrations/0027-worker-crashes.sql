-- Executions that ran on a worker when its process crashed, and an index for retention.

create table worker_crash_suspect (
  execution bigint primary key references execution on delete cascade,
  tenant int not null references tenant,
  suspicions int not null default 0,
  uncounted_recoveries int not null default 0
);
comment on column worker_crash_suspect.suspicions is 'Crashes that it may have caused; from two on it runs alone.';
comment on column worker_crash_suspect.uncounted_recoveries is
  'Recoveries after crashes that others may have caused: they do not count for the limit.';
create index worker_crash_suspect_alone on worker_crash_suspect (execution) where suspicions >= 2;

grant select on worker_crash_suspect to tuningfork_app;
alter table worker_crash_suspect enable row level security;
create policy own on worker_crash_suspect to tuningfork_app using (tenant = (select app_tenant()))
  with check (tenant = (select app_tenant()));

-- Retention deletes executions: a retry keeps the number of the first one in this column.
create index execution_by_original on execution (original_execution) where original_execution is not null;
