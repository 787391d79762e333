-- Directories of replaced pack files that no attempt uses any more, in all tenants.
create or replace function unused_files() returns table (id bigint, tenant int, pack_ref text)
  language sql stable security definer set search_path = public, pg_temp as
$$
select f.id, f.tenant, f.pack_ref from replaced_files f
where not exists (
  select from lease l join execution e on l.resource = 'execution:' || e.id
  where l.tenant = f.tenant and l.fencing_token < f.boundary and l.expires_at > platform_now()
    and starts_with(e.action_ref, f.pack_ref || '.'))
order by f.id
$$;
select expose_function(array['unused_files()']);
