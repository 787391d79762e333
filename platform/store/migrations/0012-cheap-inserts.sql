-- An insert must not grow dearer with the table. The plan of a statement in a trigger is made once a connection, on a
-- young database when the table is empty and every index looks alike, so that it may read all the tenant has: whoever
-- makes an execution below another hands the name on, and one that begins a chain needs no look at all.
create or replace function execution_correlation() returns trigger language plpgsql as $$
begin
  if new.correlation_id <> '' then return new; end if;
  if new.parent is not null then
    select p.correlation_id into new.correlation_id from execution p where p.id = new.parent;
  end if;
  if coalesce(new.correlation_id, '') = '' then new.correlation_id := 'execution:' || new.id; end if;
  return new;
end $$;

-- Executions are rung for by notification; what was rung for before is found by the scheduler loop.
select graphile_worker.remove_job(key) from graphile_worker.jobs where key like 'dispatch:%' or key like 'advance:%';

-- Plans of prepared statements last, and one made while a table was empty takes any index for as good as the right one.
-- Statistics make it new: as soon as there are rows, and again whenever a table has become four times as large.
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

-- As before; found from the lease, which names the execution, and not by reading all executions for each lease that ran out.
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

-- The item to be released next: the unique index of tasks has an expression that no policy lets the planner look through.
create index execution_of_waiting_item on execution (workflow_execution, task_index)
  where status = 'requested' and not released;
