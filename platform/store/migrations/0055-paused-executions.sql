-- An execution of a workflow that a user paused: no step of it starts before it is resumed.
alter table execution drop constraint execution_status_check;
alter table execution add constraint execution_status_check check (status in ('requested', 'scheduling', 'scheduled',
  'running', 'suspended', 'paused', 'completed', 'failed', 'canceling', 'cancelled', 'timeout', 'abandoned'));

alter table execution drop constraint execution_termination_reason_check;
alter table execution add constraint execution_termination_reason_check
  check (termination_reason in ('crashed', 'heartbeat_timeout', 'shutdown_requested', 'stop_requested'));
comment on column execution.termination_reason is
  'Why a suspended, abandoned or cancelled execution has no end of its own. A recovery clears it.';

alter table workflow_execution add column pause_requested boolean not null default false;
comment on column workflow_execution.pause_requested is 'No step is to start: it was paused, or a workflow above it.';
comment on column workflow_execution.paused is
  'Its engine starts no step; unlike pause_requested: it has a request to process.';

-- The runs that are paused, or that are to be.
create index workflow_execution_paused on workflow_execution (execution) where pause_requested or paused;
