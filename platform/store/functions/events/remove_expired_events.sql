-- Deletes up to `portion` events of this tenant with their enforcements, decisions and deliveries,
-- and as many enforcements and deliveries without an event: those older than `max_age_seconds`, and
-- those older than the newest `max_count`; 0: no such limit. What an execution still refers to is
-- kept, and so is a delivery that would be recognized if it were repeated. Returns how many.
create or replace function remove_expired_events(max_age_seconds double precision, max_count int, portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare created_before timestamptz; aged_before timestamptz; removed int; total int := 0;
begin
  if max_age_seconds > 0 then aged_before := platform_now() - max_age_seconds * interval '1 s'; end if;

  if max_count > 0 then
    select created into created_before from event where tenant = app_tenant()
    order by created desc, id desc offset max_count - 1 limit 1;
  end if;
  delete from event where id in (
    select e.id from event e
    where e.tenant = app_tenant() and e.created < greatest(aged_before, created_before)
      and not exists (select from timer_event t where t.event = e.id)
      and not exists (select from enforcement n where n.event = e.id and (n.status = 'created'
        or exists (select from execution x where x.enforcement = n.id and x.parent is null)))
      and not exists (select from webhook_event_log l where l.event = e.id and l.delivery_hash is not null
        and l.created > platform_now() - interval '24 hours')
    order by e.created, e.id limit portion for update of e skip locked);
  get diagnostics removed = row_count;
  total := total + removed;

  delete from enforcement where id in (
    select n.id from enforcement n
    where n.tenant = app_tenant() and n.event is null and n.created < greatest(aged_before, created_before)
      and n.status <> 'created'
      and not exists (select from execution x where x.enforcement = n.id and x.parent is null)
    order by n.created limit portion for update of n skip locked);
  get diagnostics removed = row_count;
  total := total + removed;

  delete from webhook_event_log where id in (
    select l.id from webhook_event_log l
    where l.tenant = app_tenant() and l.event is null and l.created < least(
      greatest(aged_before, created_before), platform_now() - interval '24 hours')
    order by l.id limit portion for update of l skip locked);
  get diagnostics removed = row_count;
  return total + removed;
end $$;
select expose_function(array['remove_expired_events(double precision, int, int)']);
