-- Deletes up to `portion` inquiries of this tenant that are answered, timed out or cancelled and
-- have expired, oldest first, of executions that have ended. Returns how many were deleted.
create or replace function remove_expired_inquiries(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from inquiry where id in (
    select i.id from inquiry i join execution e on e.id = i.execution
    where i.tenant = app_tenant() and i.status <> 'pending' and i.updated < retention_cutoff('inquiries')
      and e.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')
    order by i.created, i.id limit portion for update of i skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_inquiries(int)']);
