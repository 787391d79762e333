-- Time limits of workflows, retries and unclaimed executions. Labels and capabilities of
-- workers.

alter table workflow_execution add column due_at timestamptz;
comment on column workflow_execution.due_at is
  'When the limit of the whole run passes; null once that is processed.';
alter table execution add column stopped_after double precision;
comment on column execution.stopped_after is
  'Limit, seconds, of the parent workflow whose timeout cancels this execution.';

create index workflow_execution_due on workflow_execution (due_at) where due_at is not null;
create index execution_due on execution (due_at) where due_at is not null and status = 'requested' and released;

-- Workflows whose limit has passed and is not processed yet.
create function overdue_limits() returns table (tenant int, execution bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
select r.tenant, r.execution from workflow_execution r
where r.due_at <= platform_now() and r.status in ('requested', 'running', 'canceling')
$$;

-- Milliseconds until the next retry or limit is due; null when none is planned.
create function next_due_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with edge as materialized (select platform_now() as now)
select extract(epoch from least(
    (select min(e.due_at) from execution e where e.due_at > edge.now and e.status = 'requested' and e.released),
    (select min(r.due_at) from workflow_execution r where r.due_at > edge.now)
  ) - edge.now)::double precision * 1000 from edge
$$;

-- Executions that were assigned before the limit and have no valid lease: no worker has claimed
-- them.
create function never_picked_up(limit_ms double precision) returns table (tenant int, execution bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
select e.tenant, e.id from execution e
where e.status = 'scheduled' and e.updated < platform_now() - limit_ms * interval '1 ms'
  and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > platform_now())
$$;

-- The same, with the capabilities and labels of the worker.
drop function register_worker(text, json, int, json);
create function register_worker(wanted text, found json, room int, about json, able json, marks json) returns bigint
  language sql security definer set search_path = public, pg_temp as
$$
update lease set expires_at = least(expires_at, platform_now())
where owner = (select id from worker where name = wanted);
insert into worker (name, runtimes, slots, meta, capabilities, labels, status, last_heartbeat)
values (wanted, found::jsonb, room, about::jsonb, able::jsonb, marks::jsonb, 'active', platform_now())
on conflict (name) do update set runtimes = excluded.runtimes, slots = excluded.slots, meta = excluded.meta,
  capabilities = excluded.capabilities, labels = excluded.labels,
  status = 'active', last_heartbeat = excluded.last_heartbeat, updated = platform_now()
returning id
$$;

do $$
declare f text;
begin
  foreach f in array array['overdue_limits()', 'next_due_ms()', 'never_picked_up(double precision)',
    'register_worker(text, json, int, json, json, json)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to tuningfork_app', f);
  end loop;
end $$;
