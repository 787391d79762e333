-- A compiled workflow runs the actions that its plan names, as they were when it was compiled, until
-- it is compiled again.

alter table pack add column files_digest text;
comment on column pack.files_digest is
  'Of all files but those of workflows, as they were registered; null: not known.';
alter table action add column file_digest text;
comment on column action.file_digest is
  'SHA-256 of the file of its entry point, as it was registered; null: none, or not known.';

create table pinned_action (
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  workflow bigint not null references workflow_definition on delete cascade,
  plan_digest text not null,
  action_ref text not null,
  storage text,
  source json not null,
  primary key (workflow, plan_digest, action_ref)
);
comment on column pinned_action.storage is 'Directory of the files of its pack.';
comment on column pinned_action.source is 'The columns of its row that decide how it runs.';
create index pinned_action_by_storage on pinned_action (storage);
grant select, insert, update on pinned_action to tuningfork_app;
select isolate_table(array['pinned_action']);

alter table execution add column plan_digest text, add column current_plan_digest text;
comment on column execution.plan_digest is 'Of the revision that it was requested with.';
comment on column execution.current_plan_digest is
  'What a compile at the request would have given; null: it would have failed, or no plan.';
create index execution_by_plan on execution (plan_digest) where plan_digest is not null;
