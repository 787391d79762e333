-- Each key and each change of it has a row of history, which never shows its value. Under a new
-- encryption key a value is the same.
create or replace function record_key_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare before jsonb; after jsonb; forced text[] := '{}';
begin
  if tg_op = 'UPDATE' and current_setting('app.resealing', true) = 'on' then return null; end if;
  if tg_op <> 'INSERT' then before := key_history_values(old); end if;
  if tg_op <> 'DELETE' then after := key_history_values(new); end if;
  if tg_op = 'UPDATE' and new.value::text <> old.value::text then forced := '{value}'; end if;
  perform append_history('key_history', coalesce(new.tenant, old.tenant), tg_op, coalesce(new.id, old.id),
    coalesce(new.ref, old.ref), before, after, forced);
  return null;
end $$;
revoke all on function record_key_history() from public;

create or replace trigger record_key_history after insert or update or delete on key
  for each row execute function record_key_history();
