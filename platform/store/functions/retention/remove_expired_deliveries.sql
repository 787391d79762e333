-- Deletes up to `portion` log rows of webhook calls of this tenant that have expired, oldest first,
-- and those without an event that are older than the newest `max_count` events; 0: no such limit.
-- Each is kept for 24 hours, so that a repeated delivery is recognized. Returns how many were
-- deleted.
create or replace function remove_expired_deliveries(max_count int, portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  aged_before timestamptz := retention_cutoff('webhook_event_logs');
  created_before timestamptz := created_before_newest_events(max_count);
  removed int;
begin
  delete from webhook_event_log where id in (
    select l.id from webhook_event_log l
    where l.tenant = app_tenant() and l.created < platform_now() - interval '24 hours'
      and (l.created < aged_before or l.event is null and l.created < created_before)
    order by l.id limit portion for update of l skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_deliveries(int, int)']);
