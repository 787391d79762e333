-- Wakes every process that waits for an instant of this tenant, or for its turn to move the clock.
create or replace function notify_clock_change() returns void
  language sql set search_path = public, pg_temp as
$$ select pg_notify(channel, '{"clock":true}') from unnest(array['tuningfork_dispatch', 'tuningfork_clock']) as channel $$;
select expose_function(array['notify_clock_change()']);
