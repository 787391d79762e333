-- Directories of replaced pack files that no attempt, no test and no compiled workflow uses any
-- more, in all tenants. A workflow uses those of its newest plan, of the plans of its unfinished runs, and
-- of the nested plans that these pin, as long as the action exists.
create or replace function unused_files() returns table (id bigint, tenant int, pack_ref text)
  language sql stable security definer set search_path = public, pg_temp as
$$
with recursive used_plan (workflow, plan_digest) as (
  (select distinct on (v.workflow) v.workflow, v.plan_digest from workflow_revision v
    where v.state = 'ready' order by v.workflow, v.revision desc)
  union
  select a.workflow_def, e.plan_digest from execution e join action a on a.id = e.action
  where e.plan_digest is not null and e.finished_at is null
  union
  select p.nested_workflow, p.nested_plan_digest from used_plan u
  join pinned_action p on p.workflow = u.workflow and p.plan_digest = u.plan_digest
  where p.nested_plan_digest is not null
)
select f.id, f.tenant, f.pack_ref from replaced_files f
where not exists (
  select from lease l join execution e on l.resource = 'execution:' || e.id
  where l.tenant = f.tenant and l.fencing_token < f.boundary and l.expires_at > platform_now()
    and starts_with(e.action_ref, f.pack_ref || '.'))
  and not exists (
  select from pack_test_request t where t.tenant = f.tenant and t.pack_ref = f.pack_ref and t.is_installed
    and t.awaited_until > platform_now())
  and not exists (
  select from pinned_action p join action a on a.tenant = p.tenant and a.ref = p.action_ref
  where f.kind = 'registration' and p.storage = f.path
    and (p.workflow, p.plan_digest) in (select u.workflow, u.plan_digest from used_plan u))
order by f.id
$$;
select expose_function(array['unused_files()']);
