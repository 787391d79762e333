-- The clock of the platform. Nothing else reads the time.
create or replace function platform_now() returns timestamptz
  language sql volatile as $$ select clock_timestamp() $$;
select expose_function(array['platform_now()']);
