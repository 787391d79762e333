-- The notifications of subscribers. Row triggers write them, also for a plain SQL update; the
-- notifier reads them by snapshot (docs/decisions/notification-feed.md), publishes them to its
-- sockets and to the channels of the contract, and deletes them seconds later.

create unlogged table notification_log (
  seq bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  tenant int not null,
  type text not null,
  entity_type text not null,
  entity bigint not null,
  owner bigint,
  payload text not null,
  created timestamptz not null default platform_now()
);
comment on table notification_log is
  'Unlogged: a crash of the server also ends every subscription, and nothing is published twice.';
comment on column notification_log.seq is 'Order within an entity: a change locks its row before it gets its number.';
comment on column notification_log.owner is
  'Executor of an execution, assignee of an inquiry: needed to decide who may read it.';
create index notification_log_by_xid on notification_log (xid);
-- No policy: the application writes through the triggers alone and cannot read.
alter table notification_log enable row level security;
