-- Records the file of a removed version, however it was removed, so that it is deleted after the
-- commit. The directory of a removed tenant is deleted whole.
create or replace function record_removed_artifact_file() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if current_setting('app.removing_tenant', true) is distinct from old.tenant::text then
    insert into removed_artifact_file (tenant, path) values (old.tenant, old.file_path);
  end if;
  return null;
end $$;
revoke all on function record_removed_artifact_file() from public;

create or replace trigger record_removed_artifact_file after delete on artifact_version
  for each row when (old.file_path is not null) execute function record_removed_artifact_file();
