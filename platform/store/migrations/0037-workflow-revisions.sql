-- Every definition that a workflow has had, by a number that rises. A revision runs strictly once
-- it is compiled: its tasks are ordered, and every action that it names exists and has a digest.

create table workflow_revision (
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  workflow bigint not null references workflow_definition on delete cascade,
  revision int not null check (revision > 0),
  state text not null default 'draft' check (state in ('draft', 'ready', 'invalid')),
  definition json not null,
  param_schema json,
  out_schema json,
  findings json not null default '[]',
  plan json,
  plan_digest text check (plan_digest ~ '^[0-9a-f]{64}$'),
  created timestamptz not null default platform_now(),
  compiled_at timestamptz,
  primary key (workflow, revision),
  check ((state = 'ready') = (plan is not null and plan_digest is not null and compiled_at is not null))
);
comment on column workflow_revision.state is
  'draft: not compiled; ready: it can run; invalid: compiled when it was saved, with findings.';

grant select, insert, update on workflow_revision to tuningfork_app;
select isolate_table(array['workflow_revision']);

-- The row of a workflow shows one of its revisions: the one that was saved or compiled last.
alter table workflow_definition add column revision int not null default 1;
insert into workflow_revision (tenant, workflow, revision, definition, param_schema, out_schema, created)
  select tenant, id, 1, definition, param_schema, out_schema, updated from workflow_definition;

-- The revision and the values of variables that an execution was requested with; null: it runs
-- what its workflow's row shows when it starts.
alter table execution add column revision int, add column variables json;
alter table workflow_execution add column revision int;
