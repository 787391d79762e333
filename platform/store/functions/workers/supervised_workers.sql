-- The workers of tenants whose processes a platform runs. `in_flight`: it has claimed executions that
-- have not ended. `has_runtime`: its last process found its runtime. `age_ms`: since its state changed.
create or replace function supervised_workers(platform text)
  returns table (id bigint, name text, state text, state_cause text, runtime text, template text, registered boolean, has_runtime boolean, in_flight boolean,
    age_ms double precision, provision_timeout_ms double precision)
  language sql stable security definer set search_path = public, pg_temp as
$$
select w.id, w.name, w.state, w.state_cause, w.runtime, w.template, w.meta->>'pid' is not null, w.runtimes ? w.runtime, exists (
    select from lease l where l.owner = w.id and l.resource like 'execution:%' and l.expires_at > liveness_now()),
  extract(epoch from liveness_now() - w.state_changed_at)::float8 * 1000, w.provision_timeout_ms
from worker w where w.supervisor = platform and w.kind = 'managed' and w.tenant is not null
  and (w.state <> 'removed' or w.meta->>'pid' is not null)
$$;
select expose_function(array['supervised_workers(text)']);
