-- Writes the row of a platform; those of platforms that have ended are kept for a day.
create or replace function record_readiness(platform text) returns void
  language sql security definer set search_path = public, pg_temp as
$$
delete from readiness where checked_at < liveness_now() - interval '1 day' and instance <> platform;
insert into readiness (instance) values (platform) on conflict (instance) do update set checked_at = liveness_now()
$$;
select expose_function(array['record_readiness(text)']);
