-- Removes the logs of these executions, and log artifacts that have no version left.
create or replace function remove_logs(execution_ids bigint[]) returns void
  language plpgsql set search_path = public, pg_temp as
$$
declare artifact_ids bigint[];
begin
  select array_agg(a.id) into artifact_ids from (
    select id from artifact where of_logs and tenant = app_tenant()
      and id in (select artifact from artifact_version where execution = any(execution_ids) and stream is not null)
    order by ref for update) a;
  delete from artifact_version where artifact = any(artifact_ids) and execution = any(execution_ids) and stream is not null;
  delete from artifact where id = any(artifact_ids)
    and not exists (select from artifact_version v where v.artifact = artifact.id);
end $$;
select expose_function(array['remove_logs(bigint[])']);
