-- Hands a worker the tests of a pack, in any tenant that is not frozen: first those of the tenant
-- of which the fewest run, at most `max_running` of each at once. A worker that has not renewed its
-- lease counts as lost; after `max_attempts` of them the tests have an error. Rows that no
-- request waits for are removed.
create or replace function claim_pack_test(lease_ms double precision, max_attempts int, max_running int)
  returns table (id bigint, tenant int, pack_ref text, directory text, network text, is_installed boolean, plan json,
    attempt int)
  language sql security definer set search_path = public, pg_temp as
$$
delete from pack_test_request where awaited_until <= liveness_now();
update pack_test_request r set error = 'its workers were lost ' || max_attempts || ' times'
where r.suites is null and r.error is null and r.leased_until <= liveness_now() and r.attempts >= max_attempts;
with running as (
  select r.tenant, count(*) as number from pack_test_request r
  where r.suites is null and r.error is null and r.leased_until > liveness_now() group by r.tenant
), next as (
  select r.id from pack_test_request r left join running on running.tenant = r.tenant
  where r.suites is null and r.error is null and (r.leased_until is null or r.leased_until <= liveness_now())
    and r.attempts < max_attempts and coalesce(running.number, 0) < max_running
    and r.tenant not in (select frozen_tenants())
  order by coalesce(running.number, 0), r.id limit 1 for update of r skip locked
)
update pack_test_request r
set attempts = r.attempts + 1, leased_until = liveness_now() + lease_ms * interval '1 ms'
from next where r.id = next.id
returning r.id, r.tenant, r.pack_ref, r.directory, r.network, r.is_installed, r.plan, r.attempts
$$;
select expose_function(array['claim_pack_test(double precision, int, int)']);
