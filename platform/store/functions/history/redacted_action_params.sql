-- The parameters of a rule, with `***` for each one whose schema in the action declares a secret.
create or replace function redacted_action_params(r rule) returns jsonb
  language sql stable set search_path = public, pg_temp as
$$
select case when json_typeof(r.action_params) <> 'object' then to_jsonb('***'::text) else (
  select coalesce(jsonb_object_agg(p.key, case when jsonb_path_exists(
    jsonb_build_array(a.schema->p.key, a.schema #> array['properties', p.key]),
    '$.**.secret ? (@ == true)') then to_jsonb('***'::text) else p.value end), '{}')
  from jsonb_each(r.action_params::jsonb) p
  left join (select param_schema::jsonb as schema from action where id = r.action) a on true)
end
$$;
revoke all on function redacted_action_params(rule) from public;
