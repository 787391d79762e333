-- The same for the parameters that the trigger declares, or did.
create or replace function redacted_trigger_params(r rule) returns jsonb
  language sql stable set search_path = public, pg_temp as
$$
select parameters_without_secrets(
  parameters_without_secrets(r.trigger_params, (select param_schema::jsonb from trigger where id = r.trigger))::json,
  former_parameters(r.tenant, 'trigger', r.trigger_ref))
$$;
revoke all on function redacted_trigger_params(rule) from public;
