-- What the transaction's tenant keeps, bytes: the values in its rows as they are stored, the files
-- of its packs, its logs, the versions of artifacts that are files, and the files that workers and
-- sensors stored through the API, where they are no such version. Each column of a type without a
-- fixed size counts, unless it is generated: that of a new table, too. Indexes, environments and
-- what else actions write to their artifacts directory do not count.
create or replace function stored_bytes() returns bigint
  language plpgsql stable set search_path = public, pg_temp as
$$
declare
  counted record;
  bytes bigint;
  total bigint;
begin
  select (select coalesce(sum(stored_bytes), 0) from pack where tenant = app_tenant())
    + (select coalesce(sum(size_bytes), 0) from artifact_version
      where tenant = app_tenant() and (stream is not null or file_path is not null))
    + (select coalesce(sum(size_bytes), 0) from internal_file f where tenant = app_tenant()
      and not exists (select from artifact_version v
        where v.tenant = f.tenant and v.file_path = f.path and v.size_bytes is not null)) into total;
  for counted in
    select c.relname as name, string_agg(format('coalesce(pg_column_size(%I), 0)', a.attname), ' + ') as size
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege(c.oid, 'select')
      and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant')
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attlen = -1
    group by c.relname
  loop
    execute format('select coalesce(sum(%s), 0) from %I where tenant = app_tenant()', counted.size, counted.name)
      into bytes;
    total := total + bytes;
  end loop;
  return total;
end $$;
select expose_function(array['stored_bytes()']);
