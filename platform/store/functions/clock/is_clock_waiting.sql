-- Whether a move of this tenant's clock waits: something is due by now and not done yet, or the platform
-- itself has something to process, or something is in flight and the move settles.
create or replace function is_clock_waiting(settles boolean) returns boolean
  language sql stable set search_path = public, pg_temp as
$$
select exists (select from work_due())
  or exists (select from work_in_flight() w left join execution e on w.kind = 'execution' and e.id = w.entity
    where settles or e.id is null or e.status = 'canceling' or e.status = 'running' and e.worker is null)
$$;
select expose_function(array['is_clock_waiting(boolean)']);
