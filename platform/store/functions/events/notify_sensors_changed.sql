-- Notifies the workers that a sensor may have to start, stop or restart.
create or replace function notify_sensors_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('tuningfork_worker', '{"sensors": true}');
  return null;
end $$;
revoke all on function notify_sensors_changed() from public;

create or replace trigger notify_sensors_changed after insert or update or delete on sensor
  for each row execute function notify_sensors_changed();
create or replace trigger notify_sensors_changed after update of enabled on trigger
  for each row when (old.enabled is distinct from new.enabled) execute function notify_sensors_changed();
