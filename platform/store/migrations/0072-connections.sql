alter table execution add column connections jsonb;
comment on column execution.connections is 'JSON pointers into config of its references to keys, with the id of the key that each may read; 0: none.';
