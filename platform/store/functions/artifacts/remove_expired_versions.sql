-- Removes up to `portion` versions of these tenants, or of all, that their artifact has kept for its
-- time; logs have a retention of their own. Returns how many.
create or replace function remove_expired_versions(of_tenants int[], portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare artifact_ids bigint[]; removed int;
begin
  with expired as (
    select v.id from artifact a join artifact_version v on v.artifact = a.id
    where (of_tenants is null or a.tenant = any(of_tenants)) and a.retention_policy <> 'versions' and v.stream is null
      and extract(epoch from tenant_now(a.tenant) - v.created) >= a.retention_limit::double precision
        * case a.retention_policy when 'minutes' then 60 when 'hours' then 3600 else 86400 end
    order by v.id limit portion for update of v skip locked
  ), gone as (
    delete from artifact_version where id in (select id from expired) returning artifact
  )
  select array_agg(distinct artifact), count(*) from gone into artifact_ids, removed;
  update artifact a set updated = tenant_now(a.tenant),
    size_bytes = (select v.size_bytes from artifact_version v where v.artifact = a.id order by v.version desc limit 1)
  where a.id = any(artifact_ids);
  return removed;
end $$;
select expose_function(array['remove_expired_versions(int[], int)']);
