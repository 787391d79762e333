-- Cordons a worker, or lifts the cordon. Null when there is no such worker.
create or replace function cordon_worker(worker_id bigint, is_cordoned boolean, reason text, identity_id bigint) returns boolean
  language sql security definer set search_path = public, pg_temp as
$$
update worker set cordoned = is_cordoned, cordon_reason = case when is_cordoned then reason end,
  cordoned_by = case when is_cordoned then identity_id end, cordoned_at = case when is_cordoned then tenant_now(tenant) end,
  updated = tenant_now(tenant)
where id = worker_id returning true
$$;
select expose_function(array['cordon_worker(bigint, boolean, text, bigint)']);
