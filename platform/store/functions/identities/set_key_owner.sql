-- Derives the owner of a key, as text and as refs, from the owner column that is set.
create or replace function set_key_owner() returns trigger language plpgsql as $$
begin
  if new.owner_pack is not null then select ref into new.owner_pack_ref from pack where id = new.owner_pack; end if;
  if new.owner_action is not null then select ref into new.owner_action_ref from action where id = new.owner_action; end if;
  if new.owner_sensor is not null then select ref into new.owner_sensor_ref from sensor where id = new.owner_sensor; end if;
  new.owner := case when new.owner_type = 'system' then 'system'
    else coalesce(new.owner_identity, new.owner_pack, new.owner_action, new.owner_sensor)::text end;
  return new;
end $$;
revoke all on function set_key_owner() from public;

create or replace trigger set_key_owner before insert or update on key
  for each row execute function set_key_owner();
