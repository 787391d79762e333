-- What the history of a sensor process shows of it.
create or replace function sensor_process_history_values(p sensor_process) returns jsonb
  language sql stable set search_path = public, pg_temp as
$$
select jsonb_build_object('sensor', p.sensor, 'worker', p.worker, 'status', p.status, 'pid', p.pid, 'failures', p.failures,
  'error', p.error, 'started_at', p.started_at, 'ended_at', p.ended_at, 'due_at', p.due_at)
$$;
revoke all on function sensor_process_history_values(sensor_process) from public;
