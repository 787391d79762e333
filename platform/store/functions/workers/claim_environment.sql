-- Hands a worker the oldest environment to build, in any tenant that is not frozen. A builder
-- that has not reported for `builder_timeout_ms` counts as lost; after `max_attempts` lost
-- builders the environment has failed.
create or replace function claim_environment(builder_timeout_ms double precision, max_attempts int)
  returns table (tenant int, pack_ref text, storage text, runtime text, is_rebuild boolean)
  language sql security definer set search_path = public, pg_temp as
$$
update environment set status = 'failed', log = 'its builders were lost ' || max_attempts || ' times', updated = tenant_now(environment.tenant)
where status = 'installing' and claimed_at < liveness_now() - builder_timeout_ms * interval '1 ms' and attempts >= max_attempts;
with next as (
  select e.id from environment e join pack p on p.id = e.pack join tenant w on w.id = e.tenant
  where p.storage is not null and not w.frozen and (e.status in ('pending', 'outdated')
    or e.status = 'installing' and e.claimed_at < liveness_now() - builder_timeout_ms * interval '1 ms' and e.attempts < max_attempts)
  order by e.id limit 1 for update of e skip locked
), claimed as (
  update environment e set status = 'installing', claimed_at = liveness_now(), attempts = e.attempts + 1,
    updated = tenant_now(e.tenant)
  from next where e.id = next.id returning e.tenant, e.pack, e.runtime, e.is_rebuild
)
select claimed.tenant, p.ref, p.storage, claimed.runtime, claimed.is_rebuild from claimed join pack p on p.id = claimed.pack
$$;
select expose_function(array['claim_environment(double precision, int)']);
