-- All sensors that are to run, in all tenants that are not frozen: enabled, with at least one
-- enabled rule on one of their enabled triggers. Built-in sensors run inside the platform and
-- are left out.
create or replace function sensor_plan() returns table (sensor bigint, tenant int, ref text, pack_ref text, storage text, network text,
  entrypoint text, runtime_ref text, runtime_version_constraint text, worker_selector json, worker_tolerations json, worker_affinity json,
  generation bigint, config json, trigger_refs text[], rules json, failures int, due_ms double precision, holder bigint,
  fencing_token bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
select s.id, s.tenant, s.ref, s.pack_ref, p.storage, coalesce(p.network, 'full'), s.entrypoint, s.runtime_ref,
  s.runtime_version_constraint, s.worker_selector, s.worker_tolerations, s.worker_affinity,
  s.generation, s.config, s.trigger_refs, r.rules, coalesce(x.failures, 0),
  coalesce(extract(epoch from x.due_at - liveness_now())::double precision * 1000, 0), l.owner, l.fencing_token
from sensor s join tenant t on t.id = s.tenant and not t.frozen
  join lateral (
    select json_agg(json_build_object('id', r.id, 'ref', r.ref, 'config', r.trigger_params) order by r.id) as rules
    from rule r join trigger k on k.id = r.trigger and k.enabled
    where r.tenant = s.tenant and r.enabled and r.trigger_ref = any(s.trigger_refs)
  ) r on r.rules is not null
  left join pack p on p.id = s.pack
  left join sensor_process x on x.sensor = s.id
  left join lease l on l.resource = 'sensor:' || s.id and l.expires_at > liveness_now()
where s.enabled and s.tenant <> 0 and s.entrypoint not like 'builtin:%'
order by s.id
$$;
select expose_function(array['sensor_plan()']);
