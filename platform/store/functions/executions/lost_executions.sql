-- Executions whose lease has expired, and those assigned to a worker that became inactive before
-- it claimed them, or that suspended them. One that no other worker may run stays in its queue, and
-- goes back to it when it was suspended. Found from the lease,
-- which names the execution: reading all executions for each expired lease would grow with the table.
create or replace function lost_executions() returns table (execution bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select e.id, e.tenant from lease l
join execution e on e.id = case when l.resource like 'execution:%' then substr(l.resource, 11)::bigint end
where l.expires_at < liveness_now()
union
select e.id, e.tenant from execution e join worker w on w.id = e.worker
where e.status in ('scheduled', 'running', 'canceling', 'suspended')
  and case when e.addressed_to is null then w.status = 'inactive' else e.status = 'suspended' end
  and not exists (select from lease l where l.resource = 'execution:' || e.id)
$$;
select expose_function(array['lost_executions()']);
