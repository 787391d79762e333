-- What stored_bytes() counts of the artifacts directory of the transaction's tenant: as its rows
-- have it, which programs may have changed.
create or replace function stored_file_bytes() returns bigint
  language sql stable set search_path = public, pg_temp as
$$
select ((select coalesce(sum(size_bytes), 0) from artifact_version where tenant = app_tenant() and file_path is not null)
  + (select coalesce(sum(size_bytes), 0) from internal_file f where tenant = app_tenant()
    and not exists (select from artifact_version v
      where v.tenant = f.tenant and v.file_path = f.path and v.size_bytes is not null)))::bigint
$$;
select expose_function(array['stored_file_bytes()']);
