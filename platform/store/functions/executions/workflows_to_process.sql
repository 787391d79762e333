-- Workflows, in all tenants that the caller may read, with a cancel, a pause or a resume to process, or
-- with a pause that no step in flight keeps from taking hold. Without settings of its own, so that the
-- planner makes it a part of the statement that calls it.
create or replace function workflows_to_process() returns table (tenant int, execution bigint, updated timestamptz)
  language sql stable as
$$
select r.tenant, r.execution, r.updated from workflow_execution r where r.status = 'running' and r.cancel_requested
union all
select r.tenant, r.execution, r.updated from workflow_execution r join execution e on e.id = r.execution
where (r.pause_requested or r.paused) and e.status = 'running'
  and (r.pause_requested <> r.paused or not has_steps_in_flight(r.id))
$$;
