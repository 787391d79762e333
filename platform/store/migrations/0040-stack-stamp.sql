-- The stack that this database belongs to: all platforms that run on it at the same time.

create table stack_stamp (
  is_only boolean primary key default true check (is_only),
  stack_id text not null,
  opened_by text not null
);
comment on table stack_stamp is 'One row. Which platforms run now is known by the advisory lock.';
comment on column stack_stamp.opened_by is
  'Instance of the last platform that started while no other one was running.';
