-- A webhook call with an idempotency key (Idempotency-Key, or the header that the trigger names)
-- makes one event in 24 hours.

alter table webhook_event_log add column delivery_hash text, add column body_hash text;
comment on column webhook_event_log.delivery_hash is
  'SHA-256 of the idempotency key of the call; null when it has none.';
create index webhook_event_log_by_delivery on webhook_event_log (trigger, delivery_hash, created desc)
  where delivery_hash is not null and event is not null;
