-- A changed sensor is started without waiting for the rest of its back-off.
create or replace function reset_sensor_backoff() returns trigger language plpgsql as $$
begin
  update sensor_process set failures = 0, due_at = null, updated = tenant_now(tenant)
  where sensor = new.id and status in ('backoff', 'failed');
  return null;
end $$;
revoke all on function reset_sensor_backoff() from public;

create or replace trigger reset_sensor_backoff after update of generation, entrypoint, enabled on sensor
  for each row execute function reset_sensor_backoff();
