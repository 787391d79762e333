-- Sets the ages of a database that no platform has run on: null keeps everything; the audit log is
-- kept for 90 days at least.
create or replace function seed_retention(max_age bigint) returns void
  language sql set search_path = public, pg_temp as
$$
with seeded as (update runtime_retention_config set is_seeded = true where not is_seeded returning id)
update runtime_retention_target_config
set max_age_seconds = case when target = 'audit_events' and max_age is not null then greatest(max_age, 90 * 86400) else max_age end
where exists (select from seeded)
$$;
revoke all on function seed_retention(bigint) from public;
