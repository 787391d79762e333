-- Rejects a status that may not follow the one an execution has, in plain SQL as well. The pairs
-- are those of NEXT in contract/status.ts, written by `tuningfork status-edges`.
create or replace function reject_execution_edge() returns trigger language plpgsql as $$
begin
  raise check_violation using constraint = 'execution_edges', table = 'execution',
    message = format('execution %s cannot go from %s to %s', new.id, old.status, new.status);
end $$;
revoke all on function reject_execution_edge() from public;

create or replace trigger execution_edges before update of status on execution for each row
  when (old.status <> new.status and (old.status, new.status) not in (
    ('requested', 'scheduling'), ('requested', 'scheduled'), ('requested', 'running'), ('requested', 'failed'), ('requested', 'cancelled'),
    ('scheduling', 'requested'), ('scheduling', 'scheduled'), ('scheduling', 'running'), ('scheduling', 'failed'), ('scheduling', 'cancelled'),
    ('scheduled', 'requested'), ('scheduled', 'running'), ('scheduled', 'failed'), ('scheduled', 'cancelled'),
    ('running', 'requested'), ('running', 'completed'), ('running', 'failed'), ('running', 'timeout'), ('running', 'canceling'), ('running', 'cancelled'), ('running', 'abandoned'), ('running', 'suspended'), ('running', 'paused'),
    ('suspended', 'requested'), ('suspended', 'cancelled'), ('suspended', 'abandoned'),
    ('paused', 'running'), ('paused', 'canceling'), ('paused', 'cancelled'),
    ('canceling', 'completed'), ('canceling', 'failed'), ('canceling', 'cancelled')
  ))
  execute function reject_execution_edge();
