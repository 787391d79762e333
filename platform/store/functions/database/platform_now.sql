-- Domain time: the instants that are stored, and what users plan with.
create or replace function platform_now() returns timestamptz language sql volatile as $$ select liveness_now() $$;
select expose_function(array['platform_now()']);
