-- Deletes up to `portion` rows of a table of histories, or of 'audit_event', that the tenant has and
-- that have expired, oldest first. Changes of rules and keys expire with the audit log; those of
-- workers of all tenants belong to the tenant default here. Returns how many were deleted.
create or replace function remove_expired_records(kind text, portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  if kind in ('execution_history', 'rule_history', 'key_history', 'sensor_process_history', 'worker_history') then
    execute format('delete from %1$I where (entity_id, id) in (
      select h.entity_id, h.id from %1$I h
      where %2$s and h.time < retention_cutoff($1)
      order by h.time, h.id limit $2 for update skip locked)', kind,
      case kind when 'worker_history' then '(h.tenant = app_tenant() or h.tenant is null and app_tenant() = 1)'
        else 'h.tenant = app_tenant()' end)
    using case when kind in ('rule_history', 'key_history') then 'audit_events' else kind end, portion;
  elsif kind = 'audit_event' then
    delete from audit_event where id in (
      select a.id from audit_event a where a.tenant = app_tenant() and a.created < retention_cutoff('audit_events')
      order by a.created, a.id limit portion for update skip locked);
  else
    raise exception 'there is no retention of %', kind;
  end if;
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_records(text, int)']);
