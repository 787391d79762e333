-- Timer events whose rule was not evaluated yet, oldest first.
create or replace function pending_timer_events(max_count int) returns table (event bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$ select p.event, p.tenant from timer_event p order by p.event limit max_count $$;
select expose_function(array['pending_timer_events(int)']);
