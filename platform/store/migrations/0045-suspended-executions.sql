-- An execution that a stopping platform could not finish is `suspended`; the next start of a
-- platform starts it again.
alter table execution drop constraint execution_status_check;
alter table execution add constraint execution_status_check check (status in ('requested', 'scheduling', 'scheduled',
  'running', 'suspended', 'completed', 'failed', 'canceling', 'cancelled', 'timeout', 'abandoned'));

alter table execution add column termination_reason text
  check (termination_reason in ('crashed', 'heartbeat_timeout', 'shutdown_requested'));
comment on column execution.termination_reason is
  'Why a suspended or abandoned execution has no end of its own. A recovery clears it.';

alter table lease add column end_reason text;
comment on column lease.end_reason is
  'Why its owner ended it early: as execution.termination_reason. Null: it expires by its time.';

-- The unfinished executions of a worker: counting them must not read the finished ones.
drop index execution_of_worker;
create index execution_of_worker on execution (worker) where worker is not null
  and status in ('requested', 'scheduling', 'scheduled', 'running', 'suspended', 'canceling');

-- A recovery after a shutdown does not count for the limit.
grant insert, update on worker_crash_suspect to tuningfork_app;
