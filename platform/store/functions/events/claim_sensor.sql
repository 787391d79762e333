-- Gives a worker the lease of a sensor and returns its fencing token. Null: another worker holds
-- it, or its process has ended again since the worker's plan, which counted `planned_failures`.
create or replace function claim_sensor(sensor_id bigint, worker_id bigint, lease_ms double precision, planned_failures int)
  returns bigint
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  token bigint;
begin
  insert into lease (resource, tenant, owner, expires_at, fencing_token)
  select 'sensor:' || s.id, s.tenant, worker_id, liveness_now() + lease_ms * interval '1 ms', nextval('public.fencing_token')
  from sensor s where s.id = sensor_id
  on conflict (resource) do update set owner = excluded.owner, acquired_at = liveness_now(),
    expires_at = excluded.expires_at, fencing_token = excluded.fencing_token, end_reason = null
    where lease.expires_at <= liveness_now() or lease.owner = worker_id
  returning fencing_token into token;
  -- A statement of its own: it sees the end whose transaction released the lease just now.
  if planned_failures <> coalesce((select failures from sensor_process where sensor = sensor_id), 0) then
    delete from lease where resource = 'sensor:' || sensor_id and fencing_token = token;
    return null;
  end if;
  return token;
end
$$;
select expose_function(array['claim_sensor(bigint, bigint, double precision, int)']);
