-- Returns the items of an execution that has ended without an acknowledgement, whatever ended it:
-- to `retry` while their attempts are within the queue's limit, else to `failed`.
create or replace function close_queue_dispatch() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update work_queue_dispatch set status = 'closed', finished_at = platform_now()
  where id = new.queue_dispatch and status = 'open';
  if not found then
    return null;
  end if;
  update work_queue_item i set
    status = case when i.attempt_count <= coalesce((q.config->'dispatch'->>'retry_limit')::int, 0)
      then 'retry' else 'failed' end,
    leased_execution = null, lease_token = null, lease_expires_at = null, ack_summary = null,
    last_error = format('execution %s ended %s without an acknowledgement', new.id, new.status),
    updated = platform_now()
  from work_queue q
  where q.id = i.queue and i.dispatch = new.queue_dispatch and i.status = 'leased';
  perform pg_notify('tuningfork_dispatch', '{"queues":true}');
  return null;
end $$;
revoke all on function close_queue_dispatch() from public;

create or replace trigger close_queue_dispatch after update of status on execution for each row
  when (new.queue_dispatch is not null and new.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned'))
  execute function close_queue_dispatch();
