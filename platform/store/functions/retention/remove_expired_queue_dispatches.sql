-- Deletes up to `portion` closed dispatches of this tenant's work queues that have expired, oldest
-- first. Returns how many were deleted.
create or replace function remove_expired_queue_dispatches(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from work_queue_dispatch where id in (
    select id from work_queue_dispatch
    where tenant = app_tenant() and status = 'closed' and finished_at < retention_cutoff('work_queue_dispatches')
    order by id limit portion for update skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_queue_dispatches(int)']);
