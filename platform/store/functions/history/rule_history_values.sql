-- What the history of a rule shows of it. A parameter that is declared secret is redacted.
create or replace function rule_history_values(r rule) returns jsonb
  language sql stable set search_path = public, pg_temp as
$$
select jsonb_build_object('label', r.label, 'description', r.description, 'pack_ref', r.pack_ref,
  'trigger_ref', r.trigger_ref, 'action_ref', r.action_ref, 'conditions', r.conditions, 'trigger_params', redacted_trigger_params(r),
  'action_params', redacted_action_params(r), 'permission_set_refs', r.permission_set_refs,
  'owner_identity', r.owner_identity, 'enabled', r.enabled)
$$;
revoke all on function rule_history_values(rule) from public;
