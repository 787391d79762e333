-- Deletes up to `portion` events of this tenant with their decisions, and with their enforcements
-- and deliveries: those that have expired with these, and those older than the newest `max_count`;
-- 0: no such limit. What an execution still refers to is kept, and so is an event whose delivery
-- would be recognized if it were repeated. Returns how many events were deleted.
create or replace function remove_expired_events(max_count int, portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  aged_before timestamptz := retention_cutoff('events');
  created_before timestamptz := coalesce(created_before_newest_events(max_count), '-infinity');
  enforced_before timestamptz := retention_cutoff('enforcements');
  delivered_before timestamptz := retention_cutoff('webhook_event_logs');
  removed int;
begin
  delete from event where id in (
    select e.id from event e
    where e.tenant = app_tenant() and e.created < greatest(aged_before, created_before)
      and not exists (select from pending_rule p where p.event = e.id)
      and not exists (select from enforcement n where n.event = e.id and (n.status = 'created'
        or e.created >= created_before and n.created >= enforced_before
        or exists (select from execution x where x.enforcement = n.id and x.parent is null)))
      and not exists (select from webhook_event_log l where l.event = e.id and (
        e.created >= created_before and l.created >= delivered_before
        or (l.delivery_hash is not null or l.signature_hash is not null)
          and l.created > platform_now() - interval '24 hours'))
    order by e.created, e.id limit portion for update of e skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_events(int, int)']);
