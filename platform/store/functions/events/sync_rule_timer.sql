-- Keeps the timer of a rule in step with the rule. A change of trigger, schedule or `enabled`
-- resets the timer; the platform plans it in the same transaction, or as soon as it finds the
-- row. Its occurrences are counted from the change, as the rule's row shows it.
create or replace function sync_rule_timer() returns trigger language plpgsql as $$
declare
  changed_at timestamptz := new.updated;
begin
  if tg_op = 'UPDATE' then
    if new.enabled = old.enabled and new.trigger is not distinct from old.trigger
      and new.trigger_params::text = old.trigger_params::text then
      return null;
    end if;
    if new.updated = old.updated then
      changed_at := platform_now(); -- changed without the platform
    end if;
  end if;
  if not exists (select from trigger t where t.id = new.trigger and t.tenant = 0
    and t.ref in ('core.intervaltimer', 'core.crontimer', 'core.datetimetimer', 'core.rruletimer')) then
    delete from timer where rule = new.id;
    return null;
  end if;
  insert into timer (rule, tenant, state, anchor)
  values (new.id, new.tenant, case when new.enabled then 'unplanned' else 'off' end, changed_at)
  on conflict (rule) do update set state = excluded.state, anchor = excluded.anchor, due_at = null, planned_at = null,
    fires = 0, reason = null, updated = platform_now();
  return null;
end $$;
revoke all on function sync_rule_timer() from public;

create or replace trigger sync_rule_timer after insert or update of enabled, trigger, trigger_params on rule
  for each row execute function sync_rule_timer();
