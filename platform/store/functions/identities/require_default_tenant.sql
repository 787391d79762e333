-- Raises unless the transaction is of the tenant default.
create or replace function require_default_tenant() returns void language plpgsql stable as
$$
begin
  if app_tenant() is distinct from 1 then
    raise insufficient_privilege using message = 'only the tenant default manages tenants';
  end if;
end $$;
select expose_function(array['require_default_tenant()']);
