-- Creates a tenant, for the tenant default only.
create or replace function create_tenant(new_slug text, new_name text) returns setof tenant
  language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  perform require_default_tenant();
  return query insert into tenant (slug, name) values (new_slug, new_name) returning *;
end $$;
select expose_function(array['create_tenant(text, text)']);
