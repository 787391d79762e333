-- An execution that runs its workflow again from a task. Both numbers stay when the earlier
-- execution is removed.
alter table execution add column rerun_of bigint, add column rerun_task text;
comment on column execution.rerun_of is 'The execution whose finished tasks it took over. It may have been removed.';
comment on column execution.rerun_task is 'The task from which it runs its workflow again.';

-- What a rerun starts with: the definition that the earlier execution ran, and the ends of tasks.
create table execution_rerun (
  execution bigint primary key references execution on delete cascade,
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  definition json not null,
  saved_with_sets text[] not null,
  saved_by int,
  taken_over json not null,
  secret_values text
);
comment on column execution_rerun.definition is 'With the values of variables of the earlier request.';
comment on column execution_rerun.saved_with_sets is 'That of the definition, when the earlier execution started.';
comment on column execution_rerun.taken_over is 'Ends of tasks, in order, with the executions that ran them.';
comment on column execution_rerun.secret_values is 'Secrets redacted from taken_over, sealed for this row.';
grant select, insert on execution_rerun to tuningfork_app;
select isolate_table(array['execution_rerun']);
