-- Milliseconds until the next retry or workflow limit is due; null when none is planned. What is
-- due already is in `overdue_work`.
create or replace function next_due_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select platform_now() as now)
select extract(epoch from least(
    (select min(e.due_at) from execution e where e.due_at > clock.now and e.status = 'requested' and e.released),
    (select min(r.due_at) from workflow_execution r where r.due_at > clock.now)
  ) - clock.now)::double precision * 1000 from clock
$$;
select expose_function(array['next_due_ms()']);
