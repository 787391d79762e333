-- Liveness time: leases, heartbeats, claims and pauses between tries are compared with it. It is the
-- clock of the server; the server's setting is an offset, an interval. No tenant moves it.
create or replace function liveness_now() returns timestamptz
  language sql volatile as $$
    select clock_timestamp() + coalesce(nullif(current_setting('platform.clock_offset', true), ''), '0')::interval
  $$;
select expose_function(array['liveness_now()']);
