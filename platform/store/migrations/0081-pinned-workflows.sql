-- A compiled workflow runs its nested workflows as they were when it was compiled, too.
alter table pinned_action
  add column nested_workflow bigint references workflow_definition on delete cascade,
  add column nested_revision int,
  add column nested_plan_digest text,
  add check ((nested_workflow is null) = (nested_revision is null) and (nested_plan_digest is null or nested_workflow is not null));
comment on column pinned_action.nested_workflow is 'What the action runs, where it is a workflow.';
comment on column pinned_action.nested_plan_digest is 'Of that revision; null: it was not compiled.';
create index pinned_action_by_nested on pinned_action (nested_workflow, nested_revision) where nested_workflow is not null;
