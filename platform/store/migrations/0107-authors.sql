-- Who saved what runs. An attempt has no permission set that one of its authors lacked when saving, and what belongs
-- to its executor opens only where the executor is the author of all of it. Of what was saved before, the author of
-- an action is not known, and a rule or a work queue without a limit was saved by its owner.

alter table action add column saved_by int, add column saved_with_sets text[];
comment on column action.saved_by is 'Identity that saved what it runs; null: not known, or a program that others wrote.';
comment on column action.saved_with_sets is 'Permission sets of that caller: an attempt gets no others. Null: not known.';

alter table workflow_definition add column saved_by int;
alter table workflow_execution add column saved_by int;
comment on column workflow_execution.saved_by is 'That of its definition when it started.';

alter table rule add column saved_by int;
alter table work_queue add column saved_by int;
update rule set saved_by = owner_identity where permission_limit is null;
update work_queue set saved_by = owner_identity where permission_limit is null;

alter table execution add column authored_by_executor boolean not null default false;
comment on column execution.authored_by_executor is 'Its executor saved all that leads to it; its action is compared at the start.';
