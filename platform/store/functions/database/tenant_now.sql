-- Domain time of a tenant: what its clock shows; without one of its own: liveness time. The setting is
-- one of the connections of a platform with virtual time: without it, no table is read.
create or replace function tenant_now(of_tenant int) returns timestamptz
  language sql volatile as $$
    select case when current_setting('platform.virtual_time', true) = 'on' then tenant_instant(of_tenant, liveness_now())
      else liveness_now() end
  $$;
select expose_function(array['tenant_now(int)']);
