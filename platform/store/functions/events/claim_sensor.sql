-- Gives a worker the lease of a sensor and returns its fencing token; null when another worker
-- holds it.
create or replace function claim_sensor(sensor_id bigint, worker_id bigint, lease_ms double precision) returns bigint
  language sql security definer set search_path = public, pg_temp as
$$
insert into lease (resource, tenant, owner, expires_at, fencing_token)
select 'sensor:' || s.id, s.tenant, worker_id, platform_now() + lease_ms * interval '1 ms', nextval('public.fencing_token')
from sensor s where s.id = sensor_id
on conflict (resource) do update set owner = excluded.owner, acquired_at = platform_now(),
  expires_at = excluded.expires_at, fencing_token = excluded.fencing_token
  where lease.expires_at <= platform_now() or lease.owner = worker_id
returning fencing_token
$$;
select expose_function(array['claim_sensor(bigint, bigint, double precision)']);
