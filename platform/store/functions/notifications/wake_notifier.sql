-- Notifies the notifier when it sleeps. A sleeping notifier holds the advisory lock, shared; one
-- that polls needs no notification, and NOTIFY makes transactions commit one after the other.
-- When another writer tries the lock at the same moment, one notification too many is sent.
create or replace function wake_notifier() returns void language plpgsql as $$
begin
  if pg_try_advisory_lock(7041985) then
    perform pg_advisory_unlock(7041985);
  else
    perform pg_notify('tuningfork_notifier', '');
  end if;
end $$;
revoke all on function wake_notifier() from public;
