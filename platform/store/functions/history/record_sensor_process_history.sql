-- Each sensor process and each change of it has a row of history. A process that is removed with
-- its sensor has no name of one.
create or replace function record_sensor_process_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare before jsonb; after jsonb;
begin
  if tg_op <> 'INSERT' then before := sensor_process_history_values(old); end if;
  if tg_op <> 'DELETE' then after := sensor_process_history_values(new); end if;
  perform append_history('sensor_process_history', coalesce(new.tenant, old.tenant), tg_op, coalesce(new.id, old.id),
    (select ref from sensor where id = coalesce(new.sensor, old.sensor)), before, after, '{}');
  return null;
end $$;
revoke all on function record_sensor_process_history() from public;

create or replace trigger record_sensor_process_history after insert or update or delete on sensor_process
  for each row execute function record_sensor_process_history();
