-- Up to `portion` files of removed versions, in all tenants, oldest first.
create or replace function removed_artifact_files(portion int) returns table (id bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$ select f.id, f.tenant from removed_artifact_file f order by f.id limit portion $$;
select expose_function(array['removed_artifact_files(int)']);
