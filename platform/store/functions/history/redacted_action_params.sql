-- The parameters of a rule, with `***` for each one whose schema in the action declares a secret,
-- or in the definition of its workflow, or did.
create or replace function redacted_action_params(r rule) returns jsonb
  language sql stable set search_path = public, pg_temp as
$$
select parameters_without_secrets(parameters_without_secrets(
  parameters_without_secrets(r.action_params, (select param_schema::jsonb from action where id = r.action))::json,
  (select w.definition::jsonb->'parameters' from action a join workflow_definition w on w.id = a.workflow_def
    where a.id = r.action))::json,
  former_parameters(r.tenant, 'action', r.action_ref))
$$;
revoke all on function redacted_action_params(rule) from public;
