-- The unfinished executions of a worker: counting them must not read the finished ones.
drop index execution_alive;
create index execution_of_worker on execution (worker)
  where worker is not null and status in ('requested', 'scheduling', 'scheduled', 'running', 'canceling');
