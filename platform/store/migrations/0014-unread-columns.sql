-- Two columns that nothing reads.
alter table webhook_event_log drop column payload_bytes;
alter table replaced_files drop column replaced_at;
