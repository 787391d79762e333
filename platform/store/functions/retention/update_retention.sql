-- Changes the settings of retention, for the tenant default only: what `changes` does not name is
-- kept. The next pass begins with them at once.
create or replace function update_retention(changes jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  perform require_default_tenant();
  update runtime_retention_config set
    enabled = coalesce((changes->>'enabled')::boolean, enabled),
    check_interval_seconds = coalesce((changes->>'check_interval_seconds')::int, check_interval_seconds),
    batch_size = coalesce((changes->>'batch_size')::int, batch_size),
    dry_run = coalesce((changes->>'dry_run')::boolean, dry_run),
    advisory_lock_key = coalesce((changes->>'advisory_lock_key')::bigint, advisory_lock_key),
    version = version + 1, is_seeded = true, next_pass_at = '-infinity', updated = platform_now();
  update runtime_retention_target_config t set max_age_seconds = (c.value->>'max_age_seconds')::bigint
  from jsonb_each(changes->'targets') c where c.key = t.target;
end $$;
select expose_function(array['update_retention(jsonb)']);
