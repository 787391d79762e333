-- Tenants as a resource, managed from the tenant `default` only. A tenant sees its own row; the
-- functions below read all tenants and check first that the caller is `default`.

alter table tenant enable row level security;
create policy own on tenant for select to tuningfork_app using (id = (select app_tenant()));

create function require_default_tenant() returns void language plpgsql stable as
$$
begin
  if app_tenant() is distinct from 1 then
    raise insufficient_privilege using message = 'only the tenant default manages tenants';
  end if;
end $$;

create function list_tenants() returns setof tenant
  language plpgsql stable security definer set search_path = public, pg_temp as
$$
begin
  perform require_default_tenant();
  return query select * from tenant where id > 0 order by slug;
end $$;

create function make_tenant(wanted text, called text) returns setof tenant
  language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  perform require_default_tenant();
  return query insert into tenant (slug, name) values (wanted, called) returning *;
end $$;

-- Null keeps a column. Freezing returns assigned executions that no worker has claimed to
-- `requested`.
create function change_tenant(wanted text, called text, freezing boolean) returns setof tenant
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare changed tenant;
begin
  perform require_default_tenant();
  update tenant set name = coalesce(called, name), frozen = coalesce(freezing, frozen)
    where slug = wanted and id > 0 returning * into changed;
  if changed.id is null then return; end if;
  if freezing then
    update execution e set status = 'requested', worker = null, updated = platform_now()
    where e.tenant = changed.id and e.status = 'scheduled'
      and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > platform_now());
  end if;
  return next changed;
end $$;

create function frozen_tenants() returns setof int
  language sql stable security definer set search_path = public, pg_temp as
$$ select id from tenant where frozen $$;

-- Cancels the executions of a frozen tenant. Returns how many processes and installations still
-- run there.
create function stop_tenant(stopping int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare stopped record;
begin
  perform require_default_tenant();
  for stopped in
    update execution e set status = case when e.status = 'running' then 'canceling' else 'cancelled' end,
      finished_at = case when e.status = 'running' then null else platform_now() end, updated = platform_now()
    from tenant t where t.id = stopping and t.frozen and e.tenant = t.id and e.worker is not null
      and e.status in ('scheduled', 'running')
    returning e.id, e.worker
  loop
    perform pg_notify('tuningfork_worker', json_build_object('worker', stopped.worker, 'cancel', stopped.id)::text);
  end loop;
  return (select count(*) from execution e join lease l on l.resource = 'execution:' || e.id
      where e.tenant = stopping and e.status in ('running', 'canceling') and l.expires_at > platform_now())
    + (select count(*) from environment v
      where v.tenant = stopping and v.status = 'installing' and v.claimed_at > platform_now() - interval '1 minute');
end $$;

-- The log is append-only. Its rows are deleted only together with their tenant.
create or replace function execution_event_is_final() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.tenant::text = current_setting('app.removing_tenant', true) then return old; end if;
  raise exception 'execution_event is append-only';
end $$;

-- Deletes all rows of a frozen tenant. The tables come from the catalog, so that none is
-- forgotten. A table that other rows still reference is retried in the next round, and so is one
-- that a trigger wrote to meanwhile. Returns how many rows each table had; no row for a tenant
-- that is not frozen.
create function remove_tenant(leaving int) returns table (relation text, removed bigint)
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  every_table text[]; one text; gone bigint; total bigint; refused text[];
begin
  perform require_default_tenant();
  perform from tenant t where t.id = leaving and t.frozen and t.id > 1 for update;
  if not found then return; end if;
  perform set_config('app.removing_tenant', leaving::text, true);
  select array_agg(c.relname::text order by c.relname) into every_table
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition;
  foreach relation in array every_table loop
    execute format('select count(*) from %I where tenant = $1', relation) into removed using leaving;
    if removed > 0 then return next; end if;
  end loop;
  loop
    total := 0;
    refused := '{}';
    foreach one in array every_table loop
      begin
        execute format('delete from %I where tenant = $1', one) using leaving;
        get diagnostics gone = row_count;
        total := total + gone;
      exception when foreign_key_violation then
        refused := refused || one;
      end;
    end loop;
    exit when total = 0 and refused = '{}';
    if total = 0 then raise exception 'rows of tenant % refer to each other: %', leaving, refused; end if;
  end loop;
  delete from tenant where id = leaving;
end $$;

-- The same, without frozen tenants.
create or replace function claim_environment(silent_ms double precision, most int)
  returns table (tenant int, pack_ref text, storage text, runtime text, anew boolean)
  language sql security definer set search_path = public, pg_temp as
$$
update environment set status = 'failed', log = 'its builders were lost ' || most || ' times', updated = platform_now()
where status = 'installing' and claimed_at < platform_now() - silent_ms * interval '1 ms' and attempts >= most;
with next as (
  select e.id from environment e join pack p on p.id = e.pack join tenant w on w.id = e.tenant
  where p.storage is not null and not w.frozen and (e.status in ('pending', 'outdated')
    or e.status = 'installing' and e.claimed_at < platform_now() - silent_ms * interval '1 ms' and e.attempts < most)
  order by e.id limit 1 for update of e skip locked
), taken as (
  update environment e set status = 'installing', claimed_at = platform_now(), attempts = e.attempts + 1,
    updated = platform_now()
  from next where e.id = next.id returning e.tenant, e.pack, e.runtime, e.anew
)
select taken.tenant, p.ref, p.storage, taken.runtime, taken.anew from taken join pack p on p.id = taken.pack
$$;

do $$
declare f text;
begin
  foreach f in array array['require_default_tenant()', 'list_tenants()', 'make_tenant(text, text)',
    'change_tenant(text, text, boolean)', 'frozen_tenants()', 'stop_tenant(int)', 'remove_tenant(int)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to tuningfork_app', f);
  end loop;
end $$;
