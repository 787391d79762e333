-- What the history of a key shows of it: never its value.
create or replace function key_history_values(k key) returns jsonb
  language sql stable set search_path = public, pg_temp as
$$
select jsonb_build_object('name', k.name, 'owner_type', k.owner_type, 'owner', k.owner, 'owner_pack_ref', k.owner_pack_ref,
  'owner_action_ref', k.owner_action_ref, 'owner_sensor_ref', k.owner_sensor_ref, 'encrypted', k.encrypted,
  'version', k.version, 'expires_at', k.expires_at, 'value', '***')
$$;
revoke all on function key_history_values(key) from public;
