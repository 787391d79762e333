-- Up to `portion` versions, in all tenants, whose file was written by an execution that has ended,
-- and whose size is not known. One that was not written within a day stays without.
create or replace function unmeasured_files(portion int) returns table (id bigint, tenant int, path text)
  language sql stable security definer set search_path = public, pg_temp as
$$
select v.id, v.tenant, v.file_path from artifact_version v join execution e on e.id = v.execution
where v.file_path is not null and v.size_bytes is null and v.created > tenant_now(v.tenant) - interval '1 day'
  and e.status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')
order by v.id limit portion
$$;
select expose_function(array['unmeasured_files(int)']);
