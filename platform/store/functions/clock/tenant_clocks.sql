-- The clocks that are not the platform's, of all tenants.
create or replace function tenant_clocks()
  returns table (tenant int, pinned_at_ms double precision, ahead_ms double precision)
  language sql stable security definer set search_path = public, pg_temp as
$$
select c.tenant, extract(epoch from c.pinned_at)::double precision * 1000,
  extract(epoch from c.ahead)::double precision * 1000 from tenant_clock c
$$;
select expose_function(array['tenant_clocks()']);
