-- Directories of replaced pack files that neither an attempt nor a compiled workflow uses any more,
-- in all tenants. A workflow uses those of its newest plan, and of the plans of its unfinished runs,
-- as long as the action exists.
create or replace function unused_files() returns table (id bigint, tenant int, pack_ref text)
  language sql stable security definer set search_path = public, pg_temp as
$$
select f.id, f.tenant, f.pack_ref from replaced_files f
where not exists (
  select from lease l join execution e on l.resource = 'execution:' || e.id
  where l.tenant = f.tenant and l.fencing_token < f.boundary and l.expires_at > platform_now()
    and starts_with(e.action_ref, f.pack_ref || '.'))
  and not exists (
  select from pinned_action p join action a on a.tenant = p.tenant and a.ref = p.action_ref
  where f.kind = 'registration' and p.storage = f.path and (
    p.plan_digest = (select v.plan_digest from workflow_revision v
      where v.workflow = p.workflow and v.state = 'ready' order by v.revision desc limit 1)
    or exists (select from execution e where e.plan_digest = p.plan_digest
      and e.finished_at is null)))
order by f.id
$$;
select expose_function(array['unused_files()']);
