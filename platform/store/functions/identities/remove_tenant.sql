-- Deletes all rows of a frozen tenant and the tenant itself, for the tenant default only. The
-- tables come from the catalog, so that none is forgotten. A table that other rows still
-- reference is retried in the next round, and so is one that a trigger wrote to meanwhile.
-- Returns how many rows each table had; no row for a tenant that is not frozen.
create or replace function remove_tenant(tenant_id int) returns table (relation text, removed bigint)
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  table_names text[]; table_name text; deleted bigint; total bigint; blocked text[];
begin
  perform require_default_tenant();
  perform from tenant t where t.id = tenant_id and t.frozen and t.id > 1 for update;
  if not found then return; end if;
  perform set_config('app.removing_tenant', tenant_id::text, true);
  select array_agg(c.relname::text order by c.relname) into table_names
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition;
  foreach relation in array table_names loop
    execute format('select count(*) from %I where tenant = $1', relation) into removed using tenant_id;
    if removed > 0 then return next; end if;
  end loop;
  loop
    total := 0;
    blocked := '{}';
    foreach table_name in array table_names loop
      begin
        execute format('delete from %I where tenant = $1', table_name) using tenant_id;
        get diagnostics deleted = row_count;
        total := total + deleted;
      exception when foreign_key_violation then
        blocked := blocked || table_name;
      end;
    end loop;
    exit when total = 0 and blocked = '{}';
    if total = 0 then raise exception 'rows of tenant % refer to each other: %', tenant_id, blocked; end if;
  end loop;
  delete from tenant where id = tenant_id;
end $$;
select expose_function(array['remove_tenant(int)']);
