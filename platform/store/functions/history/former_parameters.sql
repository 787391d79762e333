-- What the former schemas of an action or a trigger declare of each parameter, by its name.
create or replace function former_parameters(of_tenant int, of_subject text, of_ref text) returns jsonb
  language sql stable set search_path = public, pg_temp as
$$
select coalesce(jsonb_object_agg(key, declared), '{}') from (
  select p.key, jsonb_agg(p.value) as declared from former_schema f, jsonb_each(f.schema->'properties') p
  where f.tenant in (0, of_tenant) and f.subject = of_subject and f.ref = of_ref group by p.key) parts
$$;
revoke all on function former_parameters(int, text, text) from public;
