-- Records the logs of an attempt: `streams` is `[{"stream": "stdout", "bytes": 12}, …]`. Each
-- execution has one version for each stream, whatever the number of reports; the last attempt
-- counts. The caller has checked the attempt's lease. The row of the artifact is locked first, so
-- that versions are numbered one after the other; a repeated report leaves a number unused.
create or replace function record_logs(execution_id bigint, attempt_number int, streams jsonb) returns void
  language plpgsql set search_path = public, pg_temp as
$$
declare
  log record;
  artifact_id bigint;
  number bigint;
begin
  for log in
    select s.stream, s.bytes, e.action_ref, e.action_ref || '.' || s.stream || '.log' as ref,
      coalesce(e.artifact_retention_policy, a.log_retention_policy, 'days') as policy,
      coalesce(e.artifact_retention_limit, a.log_retention_limit, 7) as retention_limit
    from execution e left join action a on a.id = e.action,
      jsonb_to_recordset(streams) as s (stream text, bytes bigint)
    where e.id = execution_id order by s.stream
  loop
    insert into artifact as a (ref, scope, owner, type, visibility, retention_policy, retention_limit, name,
      content_type, size_bytes, of_logs, last_version)
    values (log.ref, 'action', log.action_ref, 'file_text', 'private', log.policy, log.retention_limit,
      log.ref, 'text/plain', log.bytes, true, 1)
    on conflict (tenant, ref) do update set name = excluded.name, retention_policy = excluded.retention_policy,
      retention_limit = excluded.retention_limit, size_bytes = excluded.size_bytes, updated = platform_now(),
      last_version = a.last_version + 1
    where a.of_logs
    returning id, last_version into artifact_id, number;
    continue when artifact_id is null;
    update artifact_version set attempt = attempt_number, size_bytes = log.bytes
    where execution = execution_id and artifact = artifact_id and stream is not null;
    continue when found;
    insert into artifact_version (artifact, version, execution, content_type, size_bytes, stream, attempt)
    values (artifact_id, number, execution_id, 'text/plain', log.bytes, log.stream, attempt_number);
  end loop;
end $$;
select expose_function(array['record_logs(bigint, int, jsonb)']);
