-- Row-level security and grants of the application role, which owns no table. The inner select
-- makes the tenant an index condition that is evaluated once.

grant usage on schema public to tuningfork_app;
grant select, insert, update, delete on identity, pack, permission_set, permission_assignment, runtime,
  workflow_definition, action, execution, workflow_execution, lease to tuningfork_app;
grant select, insert on execution_event to tuningfork_app;
grant select on tenant, worker to tuningfork_app;
grant usage on sequence fencing_token to tuningfork_app;

do $$
declare t text;
begin
  foreach t in array array['identity', 'permission_assignment', 'execution', 'workflow_execution', 'lease', 'execution_event']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own on %I to tuningfork_app using (tenant = (select app_tenant()))
      with check (tenant = (select app_tenant()))', t);
  end loop;
  -- Rows of tenant 0 are visible to all tenants and writable by none.
  foreach t in array array['pack', 'permission_set', 'runtime', 'workflow_definition', 'action']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy seen on %I for select to tuningfork_app using (tenant in (0, (select app_tenant())))', t);
    execute format('create policy made on %I for insert to tuningfork_app with check (tenant = (select app_tenant()))', t);
    execute format('create policy changed on %I for update to tuningfork_app using (tenant = (select app_tenant()))', t);
    execute format('create policy removed on %I for delete to tuningfork_app using (tenant = (select app_tenant()))', t);
  end loop;
end $$;

-- Functions that read or write rows of all tenants.

create function ring(task text, payload json, key text) returns void
  language sql security definer set search_path = graphile_worker, pg_temp as
$$ select graphile_worker.add_job(task, payload, job_key := key) $$;
comment on function ring is 'Adds a job to the queue: it carries ids, and the row decides what to do.';

create function identity_by_login(wanted text)
  returns table (id bigint, tenant int, login text, display_name text, password_hash text, frozen boolean)
  language sql stable security definer set search_path = public, pg_temp as
$$
select i.id, i.tenant, i.login, i.display_name, i.password_hash, i.frozen or t.frozen
from identity i join tenant t on t.id = i.tenant where i.login = wanted
$$;

create function identity_by_id(wanted bigint)
  returns table (id bigint, tenant int, login text, display_name text, password_hash text, frozen boolean)
  language sql stable security definer set search_path = public, pg_temp as
$$
select i.id, i.tenant, i.login, i.display_name, i.password_hash, i.frozen or t.frozen
from identity i join tenant t on t.id = i.tenant where i.id = wanted
$$;

-- Hands a worker the executions assigned to it, oldest first, each under its own lease.
create function claim_executions(claimer bigint, most int, lease_ms double precision)
  returns table (execution bigint, tenant int, fencing_token bigint, attempt int)
  language sql security definer set search_path = public, pg_temp as
$$
with next as (
  select e.id, e.tenant from execution e
  where e.status = 'scheduled' and e.worker = claimer
    and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > platform_now())
  order by e.id limit most for update of e skip locked
), taken as (
  update execution e set attempt = e.attempt + 1 from next where e.id = next.id returning e.id, e.tenant, e.attempt
), leased as (
  insert into lease (resource, tenant, owner, expires_at, fencing_token)
  select 'execution:' || taken.id, taken.tenant, claimer,
    platform_now() + lease_ms * interval '1 ms', nextval('public.fencing_token') from taken
  on conflict (resource) do update set owner = excluded.owner, acquired_at = platform_now(),
    expires_at = excluded.expires_at, fencing_token = excluded.fencing_token
  returning lease.resource, lease.fencing_token
)
select taken.id, taken.tenant, leased.fencing_token, taken.attempt
from taken join leased on leased.resource = 'execution:' || taken.id order by taken.id
$$;

-- Renews the heartbeat of a worker and its leases; returns its executions that are to be
-- cancelled.
create function worker_heartbeat(beating bigint, holding bigint[], lease_ms double precision) returns setof bigint
  language sql security definer set search_path = public, pg_temp as
$$
with self as (
  update worker set last_heartbeat = platform_now(),
    status = case when status = 'inactive' then 'active' else status end where id = beating
), kept as (
  update lease set expires_at = platform_now() + lease_ms * interval '1 ms'
  where owner = beating and fencing_token = any(holding) and expires_at > platform_now()
)
select e.id from execution e where e.worker = beating and e.status = 'canceling'
$$;

-- Leases that a worker of this name held before expire.
create function register_worker(wanted text, found json, room int, about json) returns bigint
  language sql security definer set search_path = public, pg_temp as
$$
update lease set expires_at = least(expires_at, platform_now())
where owner = (select id from worker where name = wanted);
insert into worker (name, runtimes, slots, meta, status, last_heartbeat)
values (wanted, found::jsonb, room, about::jsonb, 'active', platform_now())
on conflict (name) do update set runtimes = excluded.runtimes, slots = excluded.slots, meta = excluded.meta,
  status = 'active', last_heartbeat = excluded.last_heartbeat, updated = platform_now()
returning id
$$;

create function retire_worker(leaving bigint) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update lease set expires_at = least(expires_at, platform_now()) where owner = leaving;
update worker set status = 'inactive', updated = platform_now() where id = leaving
$$;

-- Counts the unfinished executions of a worker in all tenants.
create function worker_load(asked bigint) returns int
  language sql stable security definer set search_path = public, pg_temp as
$$ select count(*)::int from execution where worker = asked and status in ('scheduled', 'running', 'canceling') $$;

do $$
declare f text;
begin
  foreach f in array array['platform_now()', 'app_tenant()', 'execution_root()', 'execution_event_is_final()',
    'ring(text, json, text)', 'identity_by_login(text)', 'identity_by_id(bigint)',
    'claim_executions(bigint, int, double precision)', 'worker_heartbeat(bigint, bigint[], double precision)',
    'register_worker(text, json, int, json)', 'retire_worker(bigint)', 'worker_load(bigint)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to tuningfork_app', f);
  end loop;
end $$;
