-- Cancels the pending inquiry of an execution that has ended, whatever ended it.
create or replace function close_inquiry_of_execution() returns trigger language plpgsql as $$
begin
  update inquiry set status = 'cancelled', updated = platform_now() where id = new.awaits and status = 'pending';
  return null;
end $$;
revoke all on function close_inquiry_of_execution() from public;

create or replace trigger close_inquiry_of_execution after update of status on execution for each row
  when (new.awaits is not null and new.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned'))
  execute function close_inquiry_of_execution();
