-- A running workflow has a lease: one executor coordinates it, as long as it renews its own row.
-- The lease is columns of the workflow's row, which each step writes anyway.
create table executor (
  id bigint generated always as identity primary key,
  instance text not null,
  renewals bigint not null default 0,
  renewed_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
comment on column executor.instance is 'The platform that it belongs to.';
comment on column executor.renewed_at is
  'By the clock of the host: what was renewed before the server started is not alive.';
comment on column executor.expires_at is 'When the leases of the workflows that it coordinates expire.';
grant select on executor to tuningfork_app;
grant usage on sequence fencing_token to tuningfork_app;

alter table workflow_execution add column coordinator bigint, add column fencing_token bigint,
  add column coordinated_since timestamptz;
comment on column workflow_execution.coordinator is
  'The executor with the lease; it may have ended. Null: the run has not started, or has ended.';

-- The leases of the workflows that have started and not ended.
create view durable.execution_locks as
select 'workflow:' || r.execution as resource, r.execution as execution_id, x.instance as owner, r.fencing_token,
  r.coordinated_since as acquired_at, x.expires_at, x.renewals
from workflow_execution r join executor x on x.id = r.coordinator
where r.status in ('requested', 'running', 'canceling');
