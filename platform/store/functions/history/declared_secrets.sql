-- The part of a property that is declared secret: itself, or properties and elements in it. Null:
-- none.
create or replace function declared_secrets(property jsonb) returns jsonb
  language plpgsql immutable set search_path = public, pg_temp as
$$
declare members jsonb; elements jsonb;
begin
  if jsonb_typeof(property) is distinct from 'object' then return null; end if;
  if property->'secret' = 'true' then return '{"secret": true}'; end if;
  if jsonb_typeof(property->'properties') = 'object' then
    select jsonb_object_agg(key, part) into members
    from (select key, declared_secrets(value) as part from jsonb_each(property->'properties')) parts
    where part is not null;
  end if;
  elements := declared_secrets(property->'items');
  if members is null and elements is null then return null; end if;
  return jsonb_strip_nulls(jsonb_build_object('properties', members, 'items', elements));
end $$;
revoke all on function declared_secrets(jsonb) from public;
