-- Ids of the frozen tenants.
create or replace function frozen_tenants() returns setof int
  language sql stable security definer set search_path = public, pg_temp as
$$ select id from tenant where frozen $$;
select expose_function(array['frozen_tenants()']);
