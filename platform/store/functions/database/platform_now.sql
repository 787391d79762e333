-- The clock of the platform. Nothing else reads the time. The server's setting is the offset, an interval.
create or replace function platform_now() returns timestamptz
  language sql volatile as $$
    select clock_timestamp() + coalesce(nullif(current_setting('platform.clock_offset', true), ''), '0')::interval
  $$;
select expose_function(array['platform_now()']);
