-- Deletes up to `portion` rows of sensor processes of this tenant that were stopped, or failed and
-- belong to a disabled sensor, and have expired. Returns how many were deleted.
create or replace function remove_expired_sensor_processes(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from sensor_process where id in (
    select p.id from sensor_process p join sensor s on s.id = p.sensor
    where p.tenant = app_tenant() and (p.status = 'stopped' or p.status = 'failed' and not s.enabled)
      and p.updated < retention_cutoff('sensor_processes')
      and not exists (select from lease where resource = 'sensor:' || p.sensor)
    order by p.id limit portion for update of p skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_sensor_processes(int)']);
