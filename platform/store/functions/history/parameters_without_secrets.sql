-- Parameters, with `***` for each one that holds what the schema declares a secret.
create or replace function parameters_without_secrets(parameters json, schema jsonb) returns jsonb
  language sql immutable set search_path = public, pg_temp as
$$
select case when json_typeof(parameters) <> 'object' then to_jsonb('***'::text) else (
  select coalesce(jsonb_object_agg(p.key, case when jsonb_path_exists(
    jsonb_build_array(schema->p.key, schema #> array['properties', p.key]),
    '$.**.secret ? (@ == true)') then to_jsonb('***'::text) else p.value end), '{}')
  from jsonb_each(parameters::jsonb) p)
end
$$;
revoke all on function parameters_without_secrets(json, jsonb) from public;
