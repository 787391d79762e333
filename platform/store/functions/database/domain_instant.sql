-- When something happened by liveness time, in the time of this tenant's clock.
create or replace function domain_instant(happened timestamptz) returns timestamptz
  language sql volatile as $$
    select case when current_setting('platform.virtual_time', true) = 'on'
      then tenant_instant(app_tenant(), happened) else happened end
  $$;
select expose_function(array['domain_instant(timestamptz)']);
