-- What the file of a trigger in a pack says about its webhook: how bodies are read, and the scheme
-- of the signature without its secret. The settings of the webhook are added to it.
alter table trigger add column webhook_defaults json;

-- A call whose signed timestamp and body are those of an earlier one makes no second event.
alter table webhook_event_log add column signature_hash text;
comment on column webhook_event_log.signature_hash is
  'SHA-256 of a verified signature that covers a timestamp; null where none does.';
create index webhook_event_log_by_signature on webhook_event_log (trigger, signature_hash)
  where signature_hash is not null and event is not null;
