-- Records that the first administrator of this database is created, for the tenant default only.
-- Waits for a transaction that does the same. False: it is recorded already.
create or replace function record_first_administrator() returns boolean
  language plpgsql security definer set search_path = public, pg_temp as
$$
begin
  perform require_default_tenant();
  insert into setting (name, value) values ('first_administrator', platform_now()::text)
  on conflict (name) do nothing;
  return found;
end $$;
select expose_function(array['record_first_administrator()']);
