-- The size of a pack's files counts towards what its tenant keeps.

alter table pack add column stored_bytes bigint not null default 0;
comment on column pack.stored_bytes is 'Bytes of its files; 0 for what was registered before they were counted.';
