-- A new item may be kept from its queue for a while, in which the client that added it can change it.

alter table work_queue_item add column not_before timestamptz;
comment on column work_queue_item.not_before is 'No execution takes it before this instant.';
