-- Deletes up to `portion` revisions of this tenant that are as old as expired executions,
-- oldest first, with the actions that only their plans pin. The revision that its workflow shows, the one
-- with the highest number, the newest compiled one, and those that an execution or a plan refers
-- to stay; a rerun may refer to one that was not compiled. Returns how many were deleted.
create or replace function remove_expired_revisions(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from workflow_revision where (workflow, revision) in (
    select v.workflow, v.revision from workflow_revision v join workflow_definition w on w.id = v.workflow
    where v.tenant = app_tenant() and v.created < retention_cutoff('executions')
      and v.revision <> w.revision
      and v.revision < (select max(revision) from workflow_revision where workflow = v.workflow)
      and v.revision is distinct from (select max(revision) from workflow_revision
        where workflow = v.workflow and state = 'ready')
      and not exists (select from execution e where e.plan_digest = v.plan_digest)
      and not exists (select from execution_rerun r join execution e on e.id = r.execution
        where r.tenant = v.tenant and e.action_ref = w.ref and e.revision = v.revision)
      and not exists (select from pinned_action p where p.nested_workflow = v.workflow and p.nested_revision = v.revision)
    order by v.created, v.workflow, v.revision limit portion for update of w skip locked);
  get diagnostics removed = row_count;

  delete from pinned_action p where p.tenant = app_tenant()
    and not exists (select from workflow_revision v where v.workflow = p.workflow and v.plan_digest = p.plan_digest)
    and not exists (select from execution e where e.plan_digest = p.plan_digest)
    and not exists (select from pinned_action above
      where above.nested_workflow = p.workflow and above.nested_plan_digest = p.plan_digest);
  return removed;
end $$;
select expose_function(array['remove_expired_revisions(int)']);
