-- Plain names for a table and columns.

alter table environment rename column anew to is_rebuild;
comment on column environment.is_rebuild is 'A rebuild was requested, whether or not an environment exists.';

alter table retired_files rename to replaced_files;
alter table replaced_files rename column retired_at to replaced_at;

-- Created again from its file: its result has another column name.
drop function if exists claim_environment(double precision, int);

-- Shorter: they are comments of the generated row types.
comment on column artifact.of_logs is 'The platform stores the logs of an action in it.';
comment on column notification_log.seq is 'Order within an entity: a change locks its row before it gets its number.';
comment on column replaced_files.boundary is 'Attempts under a lower fencing token may still use them.';
