-- An insert must not slow down as the table grows. The plan of a statement in a trigger is made
-- once for each connection, on a new database while the table is empty and every index costs the
-- same, so that it may read all rows of the tenant. Who inserts a child therefore passes the
-- correlation id on, and an execution that starts a chain needs no lookup.
create or replace function execution_correlation() returns trigger language plpgsql as $$
begin
  if new.correlation_id <> '' then return new; end if;
  if new.parent is not null then
    select p.correlation_id into new.correlation_id from execution p where p.id = new.parent;
  end if;
  if coalesce(new.correlation_id, '') = '' then new.correlation_id := 'execution:' || new.id; end if;
  return new;
end $$;

-- Executions are announced by NOTIFY; the scheduler finds those whose job is removed here.
select graphile_worker.remove_job(key) from graphile_worker.jobs where key like 'dispatch:%' or key like 'advance:%';

-- Plans of prepared statements are kept, and one made while a table was empty may use any index.
-- New statistics invalidate it: once there are rows, and whenever a table has grown to four
-- times its size.
create function refresh_plans() returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare grown name;
begin
  for grown in
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relowner = current_user::regrole
      and pg_relation_size(c.oid) >= 4 * greatest(c.relpages, case when c.reltuples < 0 then 0.25 else 2 end)
        * current_setting('block_size')::int
  loop
    execute format('analyze %I', grown);
  end loop;
end $$;
revoke all on function refresh_plans() from public;
grant execute on function refresh_plans() to tuningfork_app;

-- Found from the lease, which names the execution, instead of reading all executions for each
-- expired lease.
create or replace function lost_executions() returns table (execution bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
select e.id, e.tenant from lease l
join execution e on e.id = case when l.resource like 'execution:%' then substr(l.resource, 11)::bigint end
where l.expires_at < platform_now()
union
select e.id, e.tenant from execution e join worker w on w.id = e.worker
where e.status in ('scheduled', 'running', 'canceling') and w.status = 'inactive'
  and not exists (select from lease l where l.resource = 'execution:' || e.id)
$$;

-- The next item to release: the unique index of tasks has an expression, which row-level
-- security hides from the planner.
create index execution_of_waiting_item on execution (workflow_execution, task_index)
  where status = 'requested' and not released;
