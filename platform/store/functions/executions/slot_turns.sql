-- When the executions of the caller's tenant that wait for a slot of these workers get one, by the
-- order of claim_executions: the slots that their tenant holds, its weight, and how many
-- executions of other tenants come first at least. As many come first where the next free slot is
-- one of their tenant, and more where it is of another. Nothing else of other tenants is returned.
create or replace function slot_turns(worker_ids bigint[])
  returns table (execution bigint, held int, weight double precision, before int)
  language sql stable security definer set search_path = public, pg_temp as
$$
with waiting as (
  select e.id, e.worker, e.tenant from execution e
  where e.worker = any(worker_ids) and e.status = 'scheduled'
    and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > liveness_now())
), held as (
  select l.owner as worker, l.tenant, count(*)::int as slots from lease l
  where l.owner = any(worker_ids) and l.expires_at > liveness_now() and l.resource like 'execution:%'
  group by l.owner, l.tenant
), own as (
  select w.id, w.worker, w.tenant, coalesce(held.slots, 0) as held, t.slot_weight as weight,
    greatest(coalesce(held.slots, 0) - (w.tenant = app_tenant())::int, 0) as kept,
    row_number() over (partition by w.worker, w.tenant order by w.id) as place
  from waiting w join tenant t on t.id = w.tenant
    left join held on held.worker = w.worker and held.tenant = w.tenant
), turn as (
  select own.*, row_number() over (partition by worker order by (kept + place) / weight, id) as turn from own
)
select id, held, weight, (turn - place)::int from turn where tenant = app_tenant()
$$;
select expose_function(array['slot_turns(bigint[])']);
