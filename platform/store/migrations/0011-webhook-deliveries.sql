-- A webhook call that names itself (Idempotency-Key, or the header its settings name) is taken in once in 24 hours.

alter table webhook_event_log add column delivery_hash text, add column body_hash text;
comment on column webhook_event_log.delivery_hash is 'SHA-256 of the name that the call gave itself; null where it gave none.';
create index webhook_event_log_by_delivery on webhook_event_log (trigger, delivery_hash, created desc)
  where delivery_hash is not null and event is not null;
