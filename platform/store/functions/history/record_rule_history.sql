-- Each rule and each change of what rule_history_values shows has a row of history.
create or replace function record_rule_history() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare before jsonb; after jsonb; forced text[] := '{}';
begin
  if tg_op <> 'INSERT' then before := rule_history_values(old); end if;
  if tg_op <> 'DELETE' then after := rule_history_values(new); end if;
  if tg_op = 'UPDATE' and new.action_params::jsonb <> old.action_params::jsonb then forced := '{action_params}'; end if;
  if tg_op = 'UPDATE' and new.trigger_params::jsonb <> old.trigger_params::jsonb then
    forced := forced || '{trigger_params}'::text[];
  end if;
  perform append_history('rule_history', coalesce(new.tenant, old.tenant), tg_op, coalesce(new.id, old.id),
    coalesce(new.ref, old.ref), before, after, forced);
  return null;
end $$;
revoke all on function record_rule_history() from public;

create or replace trigger record_rule_history after insert or update or delete on rule
  for each row execute function record_rule_history();
