-- All tenants, for the tenant default only.
create or replace function list_tenants() returns setof tenant
  language plpgsql stable security definer set search_path = public, pg_temp as
$$
begin
  perform require_default_tenant();
  return query select * from tenant where id > 0 order by slug;
end $$;
select expose_function(array['list_tenants()']);
