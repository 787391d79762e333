-- Deletes up to `portion` enforcements of this tenant that are decided and have expired, oldest
-- first, and those without an event that are older than the newest `max_count` events; 0: no such
-- limit. What an execution still refers to is kept. Returns how many were deleted.
create or replace function remove_expired_enforcements(max_count int, portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  aged_before timestamptz := retention_cutoff('enforcements');
  created_before timestamptz := created_before_newest_events(max_count);
  removed int;
begin
  delete from enforcement where id in (
    select n.id from enforcement n
    where n.tenant = app_tenant() and n.status <> 'created'
      and (n.created < aged_before or n.event is null and n.created < created_before)
      and not exists (select from execution x where x.enforcement = n.id and x.parent is null)
    order by n.created, n.id limit portion for update of n skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_enforcements(int, int)']);
