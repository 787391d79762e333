-- What a running action adds to a work queue belongs to its chain of causes.
alter table work_queue_item
  add column causation_depth int not null default 0,
  add column correlation_id text;
comment on column work_queue_item.causation_depth is 'Of the execution that processes it, at least.';
comment on column work_queue_item.correlation_id is 'The chain of the execution that added it; null: none did.';
