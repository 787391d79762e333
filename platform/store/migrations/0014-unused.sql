-- Columns that nothing reads.
alter table webhook_event_log drop column payload_bytes;
alter table replaced_files drop column replaced_at;
-- Functions for which find_identity and find_integration_token serve.
drop function if exists identity_by_id(bigint);
drop function if exists identity_by_login(text);
drop function if exists integration_token_by_hash(text);
drop function if exists integration_token_by_id(bigint);
