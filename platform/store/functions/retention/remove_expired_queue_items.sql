-- Deletes up to `portion` items of this tenant that have ended and expired, oldest first. Returns
-- how many were deleted.
create or replace function remove_expired_queue_items(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from work_queue_item where id in (
    select id from work_queue_item
    where tenant = app_tenant() and status in ('completed', 'failed', 'skipped', 'cancelled')
      and updated < retention_cutoff('work_queue_items')
    order by id limit portion for update skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_queue_items(int)']);
