-- A process of a standalone worker has connected: any earlier one may not go on. Its alert of
-- silence, and its state, wait for its own lease. False where its tokens were revoked meanwhile.
create or replace function begin_worker_session(worker_id bigint, epoch int, new_session text, timeout_ms double precision)
  returns boolean
  language sql security definer set search_path = public, pg_temp as
$$
with started as (
  update worker set session = new_session, heartbeat_timeout_ms = timeout_ms
  where id = worker_id and token_epoch = epoch returning id
)
select exists (select from started)
$$;
select expose_function(array['begin_worker_session(bigint, int, text, double precision)']);
