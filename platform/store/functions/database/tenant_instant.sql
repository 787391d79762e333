-- What the clock of a tenant shows at an instant of liveness time; one that stands still shows the same
-- at every instant. The function exists before its table does.
create or replace function tenant_instant(of_tenant int, happened timestamptz) returns timestamptz
  language sql volatile security definer set search_path = public, pg_temp as $$
    select coalesce(
      (select coalesce(c.pinned_at, happened + c.ahead) from tenant_clock c where c.tenant = of_tenant), happened)
  $$;
select expose_function(array['tenant_instant(int, timestamptz)']);
