-- Renews the heartbeat of a worker and the leases named by their fencing tokens, also those that
-- expired while the database was away: what recovery has taken has lost its token. A lease whose
-- claim was lost in transit, or that a dead worker of the same name held, is not renewed. An
-- external worker that was offline is online.
-- Returns the executions of the worker that are to be cancelled.
create or replace function record_worker_heartbeat(worker_id bigint, fencing_tokens bigint[], lease_ms double precision) returns setof bigint
  language sql security definer set search_path = public, pg_temp as
$$
with self as (
  update worker set last_heartbeat = liveness_now(),
    status = case when status = 'inactive' then 'active' else status end,
    state = case state when 'offline' then 'online' else state end,
    state_cause = case state when 'offline' then 'heartbeat' else state_cause end where id = worker_id
), kept as (
  update lease set expires_at = liveness_now() + lease_ms * interval '1 ms'
  where owner = worker_id and fencing_token = any(fencing_tokens)
)
select e.id from execution e where e.worker = worker_id and e.status = 'canceling'
$$;
select expose_function(array['record_worker_heartbeat(bigint, bigint[], double precision)']);
