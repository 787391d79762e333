-- When the oldest of the tenant's newest `max_count` events was created; null: it has fewer, or
-- there is no such limit (0).
create or replace function created_before_newest_events(max_count int) returns timestamptz
  language sql stable set search_path = public, pg_temp as
$$
select created from event where tenant = app_tenant() and max_count > 0
order by created desc, id desc offset greatest(max_count - 1, 0) limit 1
$$;
revoke all on function created_before_newest_events(int) from public;
