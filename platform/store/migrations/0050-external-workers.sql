-- Workers that the platform does not run: programs of a tenant, which fetch their executions and
-- send the results with a token of their own.

alter table worker
  add column tenant int references tenant,
  add column kind text not null default 'managed' check (kind in ('managed', 'external')),
  add column state text check (state in ('awaiting_agent', 'online', 'paused', 'offline', 'failed', 'removed')),
  add column state_cause text,
  add column runtime text,
  add column delivery_mode text check (delivery_mode in ('push', 'poll')),
  add column push_url text,
  add column token_hash text unique,
  add column heartbeat_timeout_ms double precision,
  add column lease_ms double precision,
  add column queue_limit int,
  add constraint worker_of_tenant check (kind = 'managed' and num_nonnulls(tenant, state, token_hash) = 0
    or kind = 'external' and num_nulls(tenant, state, runtime, heartbeat_timeout_ms, lease_ms, queue_limit) = 0);
comment on column worker.tenant is 'Of an external worker: no other tenant sees it. Null: of all.';
comment on column worker.state is 'Of an external worker; its status follows. Null: managed, the status is all.';
comment on column worker.runtime is 'Of an external worker: the label that it was created with.';
comment on column worker.token_hash is 'SHA-256 of the secret of its agent; null once it is removed.';

grant insert, update on worker to tuningfork_app;
alter table worker enable row level security;
create policy visible on worker for select to tuningfork_app
  using (tenant is null or tenant = (select app_tenant()));
create policy own_added on worker for insert to tuningfork_app with check (tenant = (select app_tenant()));
create policy own_changed on worker for update to tuningfork_app
  using (tenant = (select app_tenant())) with check (tenant = (select app_tenant()));

-- An entry about a worker alone has neither. The one log has one order: what a worker ran and how
-- its state changed are pages of one sequence, behind one cursor.
alter table execution_event alter column root drop not null, alter column execution drop not null;
create index execution_event_by_worker on execution_event (worker, created_at, seq)
  where type in ('AGENT_INVOKED', 'AGENT_RESPONSE', 'WORKER_STATE_CHANGED');
create or replace view durable.execution_events as
select root as execution_id, seq, created_at as "timestamp", execution as subject_id, worker, type, payload
from execution_event where root is not null;

alter table execution add column addressed_to bigint references worker on delete set null;
comment on column execution.addressed_to is 'The external worker that alone may run it; null: the platform places it.';
create index execution_of_addressee on execution (addressed_to)
  where addressed_to is not null and status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling');
