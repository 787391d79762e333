-- Records a pass that began with this version of the settings, and when the next one is due: after
-- the interval, after a failure within a minute, and at once if the settings have changed. The
-- last 100 passes are kept.
create or replace function finish_retention_pass(of_version int, began timestamptz, was_dry boolean, counts json, failure text)
  returns void
  language sql security definer set search_path = public, pg_temp as
$$
insert into supervisor_run (started_at, finished_at, dry_run, removed, error)
values (began, platform_now(), was_dry, counts, failure);
delete from supervisor_run where id <= (select max(id) - 100 from supervisor_run);
update runtime_retention_config set next_pass_at = platform_now() + interval '1 s'
  * case when failure is null then check_interval_seconds else least(check_interval_seconds, 60) end
where version = of_version
$$;
select expose_function(array['finish_retention_pass(int, timestamptz, boolean, json, text)']);
