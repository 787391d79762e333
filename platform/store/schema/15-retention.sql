-- How long rows are kept, on the whole platform: one row of settings, one for each kind of rows,
-- and the latest passes that removed rows.

create table runtime_retention_config (
  id int primary key default 1 check (id = 1),
  enabled boolean not null default true,
  check_interval_seconds int not null default 3600 check (check_interval_seconds > 0),
  batch_size int not null default 1000 check (batch_size > 0),
  dry_run boolean not null default false,
  advisory_lock_key bigint not null default 7041993 check (advisory_lock_key > 0),
  version int not null default 1,
  is_seeded boolean not null default false,
  next_pass_at timestamptz not null default '-infinity',
  updated timestamptz not null default platform_now()
);
comment on column runtime_retention_config.version is 'A pass ends when it is not the one that it began with.';
comment on column runtime_retention_config.is_seeded is
  'The ages are those of the first start, or were changed since.';
grant select on runtime_retention_config to tuningfork_app;
insert into runtime_retention_config default values;

create table runtime_retention_target_config (
  target text primary key,
  max_age_seconds bigint check (max_age_seconds > 0)
);
comment on column runtime_retention_target_config.max_age_seconds is 'Null: never removed for their age.';
grant select on runtime_retention_target_config to tuningfork_app;
insert into runtime_retention_target_config (target, max_age_seconds)
select target, 30 * 86400 from unnest(array['events', 'enforcements', 'executions', 'execution_history',
  'worker_history', 'sensor_process_history', 'continuous_aggregates', 'notifications', 'webhook_event_logs',
  'inquiries', 'work_queue_items', 'work_queue_dispatches', 'pack_test_executions', 'execution_admission', 'workers',
  'sensor_processes']) as target
union all values ('audit_events', 90 * 86400);

create table supervisor_run (
  id bigint generated always as identity primary key,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  dry_run boolean not null,
  removed json not null,
  error text
);
comment on column supervisor_run.removed is
  'How many rows of each kind; of a dry run, how many it would have removed.';
grant select on supervisor_run to tuningfork_app;
