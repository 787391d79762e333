-- Whether a queue is managed by the files of its pack is a column of its own, which SQL may write.

alter table work_queue alter column is_adhoc drop expression;
comment on column work_queue.is_adhoc is 'Not managed by the files of its pack. Without a value: it has no pack.';
