-- Finding the expired states of workers must not read what they ran.
create index execution_event_of_state on execution_event (tenant, created_at, seq)
  where type = 'WORKER_STATE_CHANGED';
