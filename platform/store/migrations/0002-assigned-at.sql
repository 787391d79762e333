-- The pick-up limit counts from an instant of its own, and the instants that keep the platform
-- alive are liveness time.
alter table execution add column assigned_at timestamptz;
comment on column execution.assigned_at is
  'Liveness time: when it was assigned to its worker last. The pick-up limit counts from it.';
update execution set assigned_at = updated where status = 'scheduled';

alter table worker alter column last_heartbeat set default liveness_now();
alter table lease alter column acquired_at set default liveness_now();
alter table readiness alter column checked_at set default liveness_now();

comment on column worker.last_heartbeat is 'Liveness time. Null: it has never sent one.';
comment on column worker.state_changed_at is
  'Liveness time. A process has provision_timeout_ms from then to register.';
comment on column worker.disk_shortage_at is
  'Liveness time: when it reported that; null: it never was short of space.';
comment on column lease.acquired_at is 'Liveness time.';
comment on column lease.expires_at is 'Liveness time: a heartbeat of its owner prolongs it.';
comment on column executor.expires_at is
  'Liveness time: when the leases of the workflows that it coordinates expire.';
comment on column workflow_execution.coordinated_since is
  'Liveness time: when its coordinator took the lease.';
comment on column environment.claimed_at is
  'Liveness time: when a builder claimed it, or reported its state.';
comment on column sensor_process.due_at is 'Liveness time: it is not started before this time.';
comment on column pack_test_request.leased_until is
  'Liveness time: its worker counts as lost from then on. Null: no worker has it.';
comment on column pack_test_request.awaited_until is
  'Liveness time: from then on no request waits for the result, and the row is removed.';
comment on column push_delivery.failing_since is
  'Liveness time: the first of the failures. The pick-up limit counts from it.';
comment on column push_delivery.next_at is 'Liveness time: it is not tried again before this time.';
comment on column readiness.checked_at is 'Liveness time.';
