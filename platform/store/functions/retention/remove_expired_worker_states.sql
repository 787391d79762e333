-- Deletes up to `portion` log entries about states of this tenant's workers that are as old as
-- their expired histories, oldest first. The latest entry of a worker, which is its present state, stays.
-- Returns how many were deleted.
create or replace function remove_expired_worker_states(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare expired bigint[]; workers bigint[];
begin
  select array_agg(seq), array_agg(distinct worker) into expired, workers from (
    select v.seq, v.worker from execution_event v
    where v.tenant = app_tenant() and v.type = 'WORKER_STATE_CHANGED'
      and v.created_at < retention_cutoff('worker_history')
      and exists (select from execution_event later where later.worker = v.worker
        and later.type = 'WORKER_STATE_CHANGED' and (later.created_at, later.seq) > (v.created_at, v.seq))
    order by v.created_at, v.seq limit portion
  ) as portion_of;
  if expired is null then return 0; end if;
  perform set_config('app.expired_states_of', array_to_string(workers, ','), true);
  delete from execution_event where seq = any(expired);
  return cardinality(expired);
end $$;
select expose_function(array['remove_expired_worker_states(int)']);
