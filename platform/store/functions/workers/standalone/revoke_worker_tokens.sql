-- Revokes all tokens of a standalone worker, and ends its process. One that has never connected is
-- removed. False: there is no such worker.
create or replace function revoke_worker_tokens(worker_id bigint) returns boolean
  language sql security definer set search_path = public, pg_temp as
$$
with unused as (
  delete from worker
  where id = worker_id and worker_type = 'remote' and tenant is null and last_heartbeat is null and session is null
  returning id
), revoked as (
  update worker set token_epoch = token_epoch + 1, session = null
  where id = worker_id and worker_type = 'remote' and tenant is null
    and (last_heartbeat is not null or session is not null)
  returning id
)
select exists (select from unused union all select from revoked)
$$;
select expose_function(array['revoke_worker_tokens(bigint)']);
