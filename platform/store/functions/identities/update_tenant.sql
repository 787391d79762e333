-- Updates a tenant, for the tenant default only; null keeps a column.
create or replace function update_tenant(tenant_slug text, new_name text, new_frozen boolean, new_weight double precision)
  returns setof tenant
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare changed tenant;
begin
  perform require_default_tenant();
  update tenant set name = coalesce(new_name, name), frozen = coalesce(new_frozen, frozen),
    slot_weight = coalesce(new_weight, slot_weight)
    where slug = tenant_slug and id > 0 returning * into changed;
  if changed.id is null then return; end if;
  return next changed;
end $$;
select expose_function(array['update_tenant(text, text, boolean, double precision)']);
