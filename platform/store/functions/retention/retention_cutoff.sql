-- What is older than this may be removed: for a kind of rows that is kept forever, nothing.
create or replace function retention_cutoff(target_name text) returns timestamptz
  language sql stable set search_path = public, pg_temp as
$$
select coalesce(platform_now() - max_age_seconds * interval '1 s', '-infinity')
from runtime_retention_target_config where target = target_name
$$;
select expose_function(array['retention_cutoff(text)']);
