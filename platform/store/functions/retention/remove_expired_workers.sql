-- Deletes up to `portion` workers that are inactive and have expired: those of the platform, for
-- the tenant default, and those that this tenant has removed. A worker is kept while it is
-- cordoned, its process still runs, or an execution or a lease refers to it. Returns how many
-- were deleted.
create or replace function remove_expired_workers(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from worker where id in (
    select w.id from worker w
    where w.status = 'inactive' and greatest(w.updated, w.last_heartbeat) < retention_cutoff('workers')
      and not w.cordoned and (w.tenant is null or w.meta->>'pid' is null)
      and (w.tenant is null and app_tenant() = 1 or w.tenant = app_tenant() and w.state = 'removed')
      and not exists (select from execution e where e.worker = w.id or e.addressed_to = w.id)
      and not exists (select from lease l where l.owner = w.id)
    order by w.id limit portion for update of w skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_workers(int)']);
