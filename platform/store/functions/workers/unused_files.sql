-- Directories of replaced pack files that no attempt, no test and no compiled workflow uses any
-- more, in all tenants. A workflow uses those of its newest plan, of the plans of its unfinished runs, and
-- of the nested plans that these pin, as long as the action exists.
create or replace function unused_files() returns table (id bigint, tenant int, pack_ref text)
  language sql stable security definer set search_path = public, pg_temp as
$$
-- The plans that pin files of the directory, and the plans that these are nested in.
with recursive pinning (file, workflow, plan_digest) as (
  select f.id, p.workflow, p.plan_digest from replaced_files f
  join pinned_action p on p.storage = f.path join action a on a.tenant = p.tenant and a.ref = p.action_ref
  where f.kind = 'registration'
  union
  select n.file, p.workflow, p.plan_digest from pinning n
  join pinned_action p on p.nested_workflow = n.workflow and p.nested_plan_digest = n.plan_digest
)
select f.id, f.tenant, f.pack_ref from replaced_files f
where not exists (
  select from lease l join execution e on l.resource = 'execution:' || e.id
  where l.tenant = f.tenant and l.fencing_token < f.boundary and l.expires_at > liveness_now()
    and starts_with(e.action_ref, f.pack_ref || '.'))
  and not exists (
  select from pack_test_request t where t.tenant = f.tenant and t.pack_ref = f.pack_ref and t.is_installed
    and t.awaited_until > liveness_now())
  and not exists (
  select from pinning n where n.file = f.id and (
    n.plan_digest = (select v.plan_digest from workflow_revision v
      where v.workflow = n.workflow and v.state = 'ready' order by v.revision desc limit 1)
    or exists (select from execution e join action a on a.id = e.action
      where e.plan_digest = n.plan_digest and e.finished_at is null and a.workflow_def = n.workflow)))
order by f.id
$$;
select expose_function(array['unused_files()']);
