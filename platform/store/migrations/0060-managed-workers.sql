-- Managed workers that a tenant creates. The platform runs their processes; their states are in the
-- log, as those of external ones. Managed workers without a tenant are those of `up`, which have a
-- status only.

alter table worker drop constraint worker_of_tenant, drop constraint worker_state_check;
alter table worker
  add column template text,
  add column supervisor text,
  add column provision_timeout_ms double precision,
  add column state_detail text,
  add column state_changed_at timestamptz,
  add constraint worker_state_check check (state in ('provisioning', 'awaiting_agent', 'online', 'paused', 'hibernated',
    'offline', 'failed', 'removed')),
  add constraint worker_of_tenant check (case
    when kind = 'external' then num_nulls(tenant, state, runtime, heartbeat_timeout_ms, lease_ms, queue_limit) = 0
    when tenant is null then num_nonnulls(state, token_hash) = 0
    else num_nulls(state, runtime, queue_limit, provision_timeout_ms) = 0 and token_hash is null end);
comment on column worker.tenant is 'That created it: no other tenant sees it. Null: of all.';
comment on column worker.state is 'Of a worker of a tenant; its status follows. Null: the status is all.';
comment on column worker.state_detail is 'In words, what led to the cause.';
comment on column worker.state_changed_at is 'A process has provision_timeout_ms from then to register.';
comment on column worker.runtime is
  'Of a worker of a tenant: all that a managed one runs has it; the label of an external one.';
comment on column worker.template is 'The template that it was created from.';
comment on column worker.supervisor is 'The instance of the platform that runs its process; null: none yet.';

comment on column execution.addressed_to is 'The worker of a tenant that alone may run it; null: the platform places it.';
