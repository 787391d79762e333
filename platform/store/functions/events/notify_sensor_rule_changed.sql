-- Notifies the workers when a rule changes whose trigger belongs to a sensor.
create or replace function notify_sensor_rule_changed() returns trigger language plpgsql as $$
begin
  if exists (select from sensor s where s.trigger_refs && array[
    case when tg_op <> 'INSERT' then old.trigger_ref end, case when tg_op <> 'DELETE' then new.trigger_ref end]) then
    perform pg_notify('tuningfork_worker', '{"sensors": true}');
  end if;
  return null;
end $$;
revoke all on function notify_sensor_rule_changed() from public;

create or replace trigger notify_sensor_rule_changed
  after insert or delete or update of enabled, trigger, trigger_ref, trigger_params on rule
  for each row execute function notify_sensor_rule_changed();
