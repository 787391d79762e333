-- A definition grants no more permission sets than its last writer held, and an execution no more
-- than the token that requested it. Definitions of before grant none until they are saved again.

alter table workflow_definition add column saved_with_sets text[] not null default '{}';
comment on column workflow_definition.saved_with_sets is 'Permission sets of the caller that saved it: its tasks get no others.';

alter table workflow_execution add column saved_with_sets text[] not null default '{}';
comment on column workflow_execution.saved_with_sets is 'That of its definition when it started.';

alter table rule add column permission_limit text[];
comment on column rule.permission_limit is 'Sets of a writer who is not its owner: its executions get no others.';

alter table execution add column permission_limit text[];
comment on column execution.permission_limit is 'Sets of the token above it; null: none limits it.';
