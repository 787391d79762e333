-- Deletes up to `portion` notifications of this tenant that have expired: no notifier runs that
-- would have sent and removed them. Returns how many were deleted.
create or replace function remove_expired_notifications(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from notification_log where ctid = any(array(
    select l.ctid from notification_log l
    where l.tenant = app_tenant() and l.created < retention_cutoff('notifications')
    limit portion for update skip locked));
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_notifications(int)']);
